"""The application's look: palette, style sheet and digits of equal width."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from xorviz.ui.theme.palette import DARK, LIGHT, Theme

# Spin box buttons have no size: Qt misplaces the text of a styled spin box without buttons.
_SHEET = """
QMainWindow, QToolBar, QMenuBar, QStatusBar {{ background: {ground}; }}
QToolBar {{ widget-animation-duration: 0; }}
QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {hairline}; border-radius: 3px; }}
QToolBar {{ border: none; padding: 5px 0 10px 0; spacing: 6px; }}
QToolBar#timeline_strip_bar, QToolBar#state_line_bar {{ padding: 0; }}
QTabBar#panel_tabs {{ background: transparent; }}
QTabBar::tab, WorkspaceTabs QToolButton {{ background: transparent; border: none;
    border-bottom: 2px solid transparent; padding: 4px 10px; color: {quiet}; }}
QTabBar::tab:selected, WorkspaceTabs QToolButton:checked {{ color: {text};
    border-bottom-color: {accent}; }}
QTabBar#panel_tabs::tab:only-one {{ font-weight: bold; border-bottom-color: transparent;
    background: transparent; }}
WorkspaceTabs QToolButton {{ padding: 1px 12px; }}
WorkspaceTabs QToolButton:focus {{ color: {accent}; border-bottom-color: {text}; }}
View QToolButton, QWidget#panel_corner QToolButton {{ background: transparent;
    border: 1px solid transparent; border-radius: 6px; padding: 3px 2px; color: {quiet}; }}
QToolBar QToolButton, StepExplainer QToolButton, LessonView QToolButton {{ background: {panel};
    border-radius: 6px; border: 1px solid {rule}; padding: 5px 8px; color: {text}; }}
QTabBar::tab:hover, View QToolButton:hover, QWidget#panel_corner QToolButton:hover,
QToolBar QToolButton:hover, WorkspaceTabs QToolButton:hover {{ background: {hover}; }}
View QToolButton:focus, QWidget#panel_corner QToolButton:focus, QToolBar QToolButton:focus,
QToolBar QToolButton:checked {{ border-color: {accent}; }}
QToolBar QToolButton:disabled, StepExplainer QToolButton:disabled {{ color: {quiet}; }}
QToolBar QToolButton#run_button {{ font-weight: bold; }}
QToolBar QToolButton#run_button[primary="true"] {{ background: {accent}; border-color: {accent};
    color: {on_accent}; }}
QToolBar QToolButton#run_button[primary="true"]:focus {{ border: 2px solid {text};
    padding: 4px 7px; }}
QToolBar QToolButton#run_button:disabled {{ background: {hairline}; border-color: {hairline};
    color: {quiet}; }}
QToolBar QToolButton#step_button {{ padding-right: 22px; }}
QToolBar QToolButton::menu-button {{ border: none; width: 20px; }}
QFrame#panel_card {{ background: {panel}; border: 1px solid {hairline}; border-radius: 7px; }}
QWidget#panel_window {{ background: {ground}; }}
QWidget#controls, QWidget#controls_inside, QWidget#why_inside, QWidget#step_sheet,
QScrollArea {{ background: {panel}; }}
QLabel#own_verdict, QLabel#welcome_question {{ font-weight: bold; }}
QLabel#readout, QLabel#quiet {{ color: {quiet}; }}
QScrollArea#lesson_page {{ border: 1px solid transparent; border-radius: 4px; }}
LessonView QToolButton {{ padding: 3px 8px; }}
QLabel#key_label {{ background: {text}; color: {panel}; border-radius: 8px; padding: 8px 18px;
    font-weight: bold; }}
QFrame#hairline {{ background: {hairline}; border: none; }}
QToolButton#options::menu-indicator {{ image: none; width: 0; }}
QToolButton#more, QToolButton#map_disclosure {{ background: transparent; text-align: left;
    border: 1px solid transparent; border-radius: 6px; padding: 3px 2px; color: {text}; }}
QToolButton#more:hover, QToolButton#map_disclosure:hover {{ background: {hover}; }}
QToolButton#more:focus, QToolButton#map_disclosure:focus {{ border-color: {accent}; }}
View {{ border: 1px solid transparent; border-radius: 4px; }}
QTableView {{ background: {panel}; border: 1px solid transparent; }}
QTableView:focus {{ border-color: {accent}; border-radius: 4px; }}
HelpTable:focus {{ border-color: transparent; }}
QTableView::item {{ border-top: 1px solid {hairline}; padding: 0 1px; }}
QTableView::item:focus {{ background: {hover}; }}
HelpTable::item:focus {{ background: transparent; }}
QHeaderView, QHeaderView::section {{ background: {panel}; color: {quiet}; border: none;
    padding: 0 3px; }}
StepExplainer QToolButton {{ padding: 3px 10px; }}
StepExplainer QToolButton:checked {{ background: {accent}; border-color: {accent};
    color: {on_accent}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QPushButton {{ padding: 2px 12px; }}
QAbstractSpinBox {{ background: {panel}; border: 1px solid {rule}; border-radius: 5px;
    padding: 3px 6px; selection-background-color: {accent}; selection-color: {on_accent}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border;
    width: 0; height: 0; border: none; }}
QLineEdit#search, QLineEdit#export_size, LessonView QLineEdit, QDialog#own_network QLineEdit,
ValuesField, QPlainTextEdit, QTextBrowser#own_diagnosis {{ background: {panel}; color: {text};
    border: 1px solid {rule}; border-radius: 5px; padding: 3px 6px; }}
QDialog#own_network QLineEdit, ValuesField {{ padding: 4px 6px; }}
QComboBox {{ background: {panel}; border: 1px solid {rule}; border-radius: 5px;
    padding: 3px 1.4em 3px 6px; color: {text}; }}
View:focus, QScrollArea#lesson_page:focus,
QAbstractSpinBox:focus, QComboBox:focus, QComboBox:on, QLineEdit#search:focus,
QLineEdit#export_size:focus,
LessonView QLineEdit:focus, QDialog#own_network QLineEdit:focus,
QPlainTextEdit:focus, QTextBrowser#own_diagnosis:focus,
ValuesField:focus {{ border-color: {accent}; }}
QComboBox:hover {{ background: {hover}; }}
QAbstractSpinBox:disabled, QComboBox:disabled {{ color: {quiet}; background: {ground}; }}
QComboBox::drop-down {{ border: none; width: 0; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {panel}; border: 1px solid {hairline}; padding: 2px;
    selection-background-color: {hover}; selection-color: {text}; outline: none; }}
QCheckBox::indicator {{ width: 1em; height: 1em; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {quiet}; border: 3px solid {panel}; border-radius: 6px; }}
QScrollBar::handle:vertical {{ min-height: 30px; }}
QScrollBar::handle:horizontal {{ min-width: 30px; }}
QScrollBar::handle:hover {{ background: {text}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: {panel}; }}
QSlider::groove:horizontal {{ height: 4px; background: {rule}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {panel}; border: 2px solid {accent}; width: 10px;
    margin: -5px 0; border-radius: 7px; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {hairline}; }}
QSlider::handle:horizontal:disabled {{ border-color: {hairline}; background: {panel}; }}
QWidget#timeline_strip, QWidget#notice_bar, LessonView {{ background: {panel};
    border: 1px solid {hairline}; border-radius: 7px; }}
Timeline QToolButton {{ background: transparent; border-color: transparent; padding: 0; }}
QPushButton {{ background: {panel}; border: 1px solid {rule}; border-radius: 6px;
    padding: 4px 12px; color: {text}; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:focus {{ border-color: {accent}; outline: none; }}
QDialog QPushButton:default:enabled, QPushButton[primary="true"],
QPushButton#lab_run_button:enabled {{
    background: {accent}; border-color: {accent}; color: {on_accent}; }}
QDialog QPushButton:default:focus, QPushButton[primary="true"]:focus,
QPushButton#lab_run_button:focus {{ border: 2px solid {text};
    padding: 3px 11px; }}
QPushButton:disabled {{ background: {panel}; border-color: {hairline}; color: {quiet}; }}
QLabel#why_heading {{ font-weight: bold; }}
Why QToolButton {{ background: transparent; border: none; padding: 4px 0; text-align: left;
    color: {text}; font-weight: bold; }}
Why QToolButton:focus, Why QToolButton:hover {{ color: {accent}; }}
QProgressBar#lab_progress {{ background: {hairline}; border: none; border-radius: 2px;
    max-height: 4px; }}
QProgressBar#lab_progress::chunk {{ background: {accent}; border-radius: 2px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QToolTip {{ background: {text}; color: {panel}; border: 1px solid {text}; padding: 3px; }}
"""


# Its first rule is for texts that take their colour from the application's palette elsewhere.
_PICTURE_SHEET = f"""
QWidget {{{{ color: {{text}}; }}}}
{_SHEET}
QFrame#panel_card, View:focus, QTableView:focus {{{{ border-color: transparent; }}}}
QTableView::item:focus {{{{ background: transparent; }}}}
QGraphicsView {{{{ background: {{panel}}; border: none; }}}}
"""


def bold(font: QFont) -> QFont:
    """Return a copy of a font, in bold."""
    result = QFont(font)
    result.setBold(True)
    return result


def palette(theme: Theme) -> QPalette:
    """Return a theme's colours as a Qt palette."""
    roles = QPalette.ColorRole
    used = (
        (theme.ground, roles.Window, roles.AlternateBase),
        (theme.panel, roles.Base, roles.Button, roles.ToolTipText),
        (theme.text, roles.WindowText, roles.Text, roles.ButtonText, roles.ToolTipBase),
        (theme.quiet, roles.PlaceholderText),
        (theme.wrong, roles.BrightText),
        (theme.accent, roles.Highlight, roles.Accent, roles.Link),
        (theme.on_accent, roles.HighlightedText),
        (theme.hover, roles.Light, roles.Midlight),
        (theme.hairline, roles.Mid, roles.Dark, roles.Shadow),
    )
    result = QPalette()
    for color, *in_roles in used:
        for role in in_roles:
            result.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.quiet))
    return result


def text_font(zoom: float = 1.0) -> QFont:
    """Return the desktop's font, this many times as large."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * zoom)
    else:
        font.setPixelSize(round(font.pixelSize() * zoom))
    # Digits of equal width: numbers that change must not shift.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


STYLE = "Fusion"
"""Qt's style, which themes colour."""


def application_of(arguments: list[str]) -> QApplication:
    """Make Qt's application. Its style is set before: setting it later restyles every widget."""
    QApplication.setStyle(STYLE)
    return QApplication(arguments)


def is_applied(application: QApplication, theme: Theme, zoom: float) -> bool:
    """Return whether the application has the colours of a theme and this size of text."""
    return (application.palette(), application.font()) == (palette(theme), text_font(zoom))


def apply_theme(application: QApplication, theme: Theme, zoom: float = 1.0) -> None:
    """Apply a theme and the size of text to the whole application."""
    colour(application, theme, zoom)
    put_on_sheet(application, theme)


def colour(application: QApplication, theme: Theme, zoom: float = 1.0) -> None:
    """Apply all but the style sheet."""
    application.setPalette(palette(theme))
    # Fusion takes the edges of boxes in menus from this colour, 1.27 times as dark.
    menus = palette(theme)
    menus.setColor(QPalette.ColorRole.Window, QColor(theme.rule).lighter(127))
    application.setPalette(menus, "QMenu")  # type: ignore[arg-type]  # not bytes
    application.setFont(text_font(zoom))
    # Qt announces the font later; widgets made until then would have the old one.
    for window in application.topLevelWidgets():
        application.sendEvent(window, QEvent(QEvent.Type.ApplicationFontChange))


def put_on_sheet(application: QApplication, theme: Theme) -> None:
    """Apply a theme's style sheet, after its colours and the font.

    A font that is set while there is a style sheet reaches widgets only with the next sheet.
    """
    application.setStyleSheet(_SHEET.format_map(vars(theme)))


def dress(widget: QWidget, theme: Theme) -> None:
    """Apply a theme to a widget that is drawn for a picture, with no sign of the focus."""
    widget.setStyleSheet(_PICTURE_SHEET.format_map(vars(theme)))
    widget.setPalette(palette(theme))


def system_theme(application: QApplication) -> Theme:
    """Return the desktop's theme; light if it has none."""
    is_dark = application.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if is_dark else LIGHT
