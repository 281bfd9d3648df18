"""Where a server or the flask command finds the program."""

from config import Config
from crm.app import create_app

try:
    app = create_app(Config.from_env())
except ValueError as unfit:
    raise SystemExit(str(unfit)) from None
