"""Users and their sessions as documents."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pymongo import DESCENDING
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from facetry.domain.account_errors import UserExistsError, UserNotFoundError
from facetry.domain.errors import OutdatedError
from facetry.domain.user import User, UserSession
from facetry.engines.mongodb.failures import failures
from facetry.engines.mongodb.side_collections import USER_SESSIONS, USERS

_Document = dict[str, Any]
_encode = msgspec.json.Encoder().encode
_decode_user = msgspec.json.Decoder(User).decode
_decode_session = msgspec.json.Decoder(UserSession).decode
_WITH_USER: Sequence[Mapping[str, Any]] = (
    {"$lookup": {"from": USERS, "localField": "u", "foreignField": "_id", "as": "users"}},
    {"$project": {"d": 1, "users.d": 1}},
)


class MongoAccounts:
    """Accounts of a database; sessions of users who are gone are found no more, and trimmed when they expire."""

    def __init__(self, database: AsyncDatabase[_Document]) -> None:
        """Keep accounts in a database."""
        self._users = database[USERS]
        self._sessions = database[USER_SESSIONS]

    async def users(self, tenant: str) -> Sequence[User]:
        """Return the users of a tenant."""
        return await self._found({"t": tenant}, "e")

    async def user(self, user_id: str) -> User | None:
        """Return a user, or None."""
        found = await self._found({"_id": user_id}, "e")
        return found[0] if found else None

    async def users_by_email(self, email: str) -> Sequence[User]:
        """Return the users with an e-mail."""
        return await self._found({"e": email}, "t")

    async def user_by_link(self, digest: bytes) -> User | None:
        """Return the user with a link, or None."""
        found = await self._found({"l": digest}, "e") if digest else []
        return found[0] if found else None

    async def add_user(self, user: User) -> None:
        """Add a user."""
        with failures():
            try:
                await self._users.insert_one(stored_user(user))
            except DuplicateKeyError:
                raise UserExistsError(user.email) from None

    async def replace_user(self, user: User) -> User:
        """Replace a user."""
        replaced = msgspec.structs.replace(user, version=user.version + 1)
        with failures():
            try:
                done = await self._users.replace_one({"_id": user.id, "v": user.version}, stored_user(replaced))
            except DuplicateKeyError:
                raise UserExistsError(user.email) from None
            if not done.matched_count:
                stored = await self._users.find_one({"_id": user.id}, {"v": 1})
                raise UserNotFoundError(user.id) if stored is None else OutdatedError(stored["v"])
        return replaced

    async def remove_user(self, user_id: str) -> None:
        """Remove a user."""
        with failures():
            await self._users.delete_one({"_id": user_id})
            await self._sessions.delete_many({"u": user_id})

    async def add_session(self, session: UserSession) -> None:
        """Begin a session."""
        with failures():
            await self._sessions.insert_one(
                {"_id": session.digest, "u": session.user, "c": float(session.created), **_times(session)}
            )

    async def session(self, digest: bytes) -> tuple[UserSession, User] | None:
        """Return a session and its user, or None."""
        with failures():
            cursor = await self._sessions.aggregate([{"$match": {"_id": digest}}, *_WITH_USER])
            found = await cursor.to_list()
        if not found or not found[0]["users"]:
            return None
        return _decode_session(found[0]["d"]), _decode_user(found[0]["users"][0]["d"])

    async def sessions(self, user_id: str) -> Sequence[UserSession]:
        """Return the sessions of a user."""
        with failures():
            found = await self._sessions.find({"u": user_id}).sort([("c", DESCENDING), ("_id", 1)]).to_list()
        return [_decode_session(one["d"]) for one in found]

    async def replace_session(self, session: UserSession) -> None:
        """Replace a session, if it has not ended."""
        with failures():
            await self._sessions.update_one({"_id": session.digest}, {"$set": _times(session)})

    async def end_session(self, digest: bytes) -> None:
        """End a session."""
        with failures():
            await self._sessions.delete_one({"_id": digest})

    async def end_sessions(self, user_id: str, but: bytes = b"") -> None:
        """End the sessions of a user."""
        with failures():
            await self._sessions.delete_many({"u": user_id, "_id": {"$ne": but}})

    async def forget(self, tenant: str, before: float = math.inf) -> None:
        """Remove the users of a tenant."""
        gone = [user.id for user in await self.users(tenant) if user.created < before]
        with failures():
            await self._users.delete_many({"_id": {"$in": gone}})
            await self._sessions.delete_many({"u": {"$in": gone}})

    async def trim(self, now: float, idle_seconds: float) -> int:
        """Remove sessions that have ended."""
        ended = {"$or": [{"x": {"$lte": now}}, {"s": {"$lte": now - idle_seconds}}]}
        with failures():
            return (await self._sessions.delete_many(ended)).deleted_count

    async def close(self) -> None:
        """Do nothing: the store closes the database."""

    async def _found(self, wanted: Mapping[str, Any], order: str) -> list[User]:
        with failures():
            found = await self._users.find(wanted, {"d": 1}).sort(order).to_list()
        return [_decode_user(one["d"]) for one in found]


def stored_user(user: User) -> _Document:
    """Return the document of a user."""
    names = {"_id": user.id, "t": user.tenant, "e": user.email, "l": user.link}
    return {**names, "v": user.version, "d": _encode(user)}


def _times(session: UserSession) -> _Document:
    return {"s": float(session.seen), "x": float(session.expires), "d": _encode(session)}
