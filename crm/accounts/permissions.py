"""Who may do what: rights as one alphabetical list, grants as data, deny by default."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    ACTIVITY_WRITE = "activity:write"
    COMPANY_READ = "company:read"
    COMPANY_WRITE = "company:write"
    DEMO_REMOVE = "demo:remove"
    FIELD_WRITE = "field:write"
    LIST_EXPORT = "list:export"
    MATCH_ANSWER = "match:answer"
    OPERATIONS_READ = "operations:read"
    PARTNER_WRITE = "partner:write"
    PRIVACY_ERASE = "privacy:erase"
    PRIVACY_FIND = "privacy:find"
    REGISTER_LOAD = "register:load"
    ROUND_RUN = "round:run"
    RULES_WRITE = "rules:write"
    SEGMENT_WRITE = "segment:write"
    USER_MANAGE = "user:manage"


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    DEVELOPER = "developer"
    MANAGER = "manager"
    READER = "reader"


_READING = frozenset({Permission.COMPANY_READ})
_WORKING = _READING | {
    Permission.ACTIVITY_WRITE,
    Permission.COMPANY_WRITE,
    Permission.LIST_EXPORT,
    Permission.MATCH_ANSWER,
    Permission.PARTNER_WRITE,
    Permission.ROUND_RUN,
}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.READER: _READING,
    Role.DEVELOPER: frozenset(_WORKING),
    Role.MANAGER: frozenset(
        _WORKING
        | {
            Permission.DEMO_REMOVE,
            Permission.FIELD_WRITE,
            Permission.PRIVACY_FIND,
            Permission.RULES_WRITE,
            Permission.SEGMENT_WRITE,
        }
    ),
    Role.ADMINISTRATOR: frozenset(Permission),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a role holds a right."""
    return permission in GRANTS.get(role, frozenset())
