"""``runwatch user``: who may sign in to the server of a workspace, and what they may do."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from runwatch.cli import door, figure
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.text import visible

RoleName = Literal["viewer", "contributor", "owner"]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The user's name, letter case aside.")]
RoleHelp = "viewer (looks), contributor (records, launches, changes) or owner (users and targets too)."
UrlOption = Annotated[
    str, typer.Option("--url", metavar="URL", help="Where the server is reached, for the link that is printed.")
]
HERE = "http://127.0.0.1:8970"


def add(
    session: Session,
    name: NameArgument,
    role: Annotated[RoleName, typer.Option("--role", help=RoleHelp)] = "contributor",
    url: UrlOption = HERE,
) -> None:
    """Add a user; prints a link with which they choose a password. It holds once, for three days."""
    from runwatch.server.auth.role import Role

    with door.opened(session, create=True, make=True) as access:
        user, secret = access.users.create(name, Role(role))
        door.note(access, "users.create", f"name={user.name} role={role}")
    _show_link(session, user.name, role, url, secret)


def invite(session: Session, name: NameArgument, url: UrlOption = HERE) -> None:
    """Print a new link for a user, e.g. for one who forgot the password; the link before is void."""
    with door.opened(session) as access:
        user = access.users.named(name)
        secret = access.users.invite(user.user_id)
        door.note(access, "users.invite", f"name={user.name}")
    _show_link(session, user.name, user.role.value, url, secret)


def _show_link(session: Session, name: str, role: str, url: str, secret: str) -> None:
    from runwatch.server.auth.part.user import invitation_path

    link = url.rstrip("/") + invitation_path(secret)
    if session.terminal.as_json:
        session.terminal.json({"name": name, "role": role, "link": link})
        return
    session.terminal.line(link)
    session.terminal.note(f"Give this link to {visible(name)} ({role}): whoever opens it first has the account.")


def list_users(session: Session) -> None:
    """List users."""
    with door.opened(session) as access:
        users = access.users.list()
    if session.terminal.as_json:
        session.terminal.json({"users": users})
    elif not users:
        session.terminal.note("No users. Add the first one: runwatch user add NAME --role owner")
    else:
        show_table(
            session.terminal,
            [
                TableColumn("USER", [visible(user.name) for user in users], least=NAME_CHARS),
                TableColumn("ROLE", [user.role.value for user in users]),
                TableColumn("STATE", ["active" if user.active else "invited" for user in users]),
                TableColumn("ADDED", [figure.moment(user.created_at) for user in users]),
            ],
        )


def role(
    session: Session, name: NameArgument, role: Annotated[RoleName, typer.Argument(metavar="ROLE", help=RoleHelp)]
) -> None:
    """Give a user another role; holds at once."""
    from runwatch.server.auth.role import Role

    with door.opened(session) as access:
        user = access.users.set_role(access.users.named(name).user_id, Role(role))
        door.note(access, "users.update", f"name={user.name} role={role}")
    if session.terminal.as_json:
        session.terminal.json(user)
    else:
        session.terminal.line(f"{visible(user.name)} is {role}")


def remove(session: Session, name: NameArgument) -> None:
    """Remove a user with all sessions and tokens; what they recorded stays."""
    with door.opened(session) as access:
        user = access.users.named(name)
        access.users.remove(user.user_id)
        door.note(access, "users.delete", f"name={user.name}")
    if session.terminal.as_json:
        session.terminal.json({"removed": user.name})
    else:
        session.terminal.line(f"Removed {visible(user.name)}")
