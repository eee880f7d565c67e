"""What all tests of the window share."""

import pytest
from PySide6.QtCore import QSettings


@pytest.fixture(autouse=True)
def _qt_remembers_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Redirect Qt's own settings, which file dialogs write to."""
    folder = tmp_path_factory.mktemp("qt")
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(folder))
