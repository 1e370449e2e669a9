"""Settings shared by every environment of the demonstration suite."""

from typing import Any

CACHES = {
    # Another "VERSION": the cache's own, which a release must leave alone.
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "VERSION": "1"},
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Demonstration API",
    "DESCRIPTION": 'Documented by its schema; not the "VERSION": "9.9.9" you are looking for.',
    "VERSION": "0.1.0",
    "SWAGGER_UI_SETTINGS": {"VERSION": "5"},
}
