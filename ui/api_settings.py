"""The API of the server's settings: what holds, to be read by administrators. They are set where the server starts."""

from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.guarding import needs
from ui.settings import Settings, documented, is_confidential

_TAG = Tag(name="settings", description="What the server was started with.")


class SettingOut(BaseModel):
    """One setting."""

    name: str
    variable: str = Field(description="What it is called in the environment.")
    value: str = Field(description="What holds; of what may hold a password, only whether it is set.")
    default: str
    is_changed: bool = Field(description="Whether it is another than the default.")
    is_confidential: bool
    meaning: str


class SettingsOut(BaseModel):
    """Every setting."""

    settings: list[SettingOut]


def settings_routes(settings: Settings) -> APIBlueprint:
    """`/api/v1/settings`."""
    api = APIBlueprint("settings", __name__, url_prefix="/api/v1", abp_tags=[_TAG])

    @api.get("/settings", summary="What the server was started with", responses={200: SettingsOut})
    @needs(Permission.ADMINISTER)
    def list_settings() -> Response:
        return jsonify(settings=_told(settings))

    return api


def _told(settings: Settings) -> list[dict[str, Any]]:
    told = []
    for name, variable, default, _, meaning in documented():
        value = str(getattr(settings, name))
        hidden = is_confidential(name)
        told.append(
            {
                "name": name,
                "variable": variable,
                "value": ("set" if value else "") if hidden else value,
                "default": default,
                "is_changed": value != default,
                "is_confidential": hidden,
                "meaning": meaning,
            }
        )
    return told
