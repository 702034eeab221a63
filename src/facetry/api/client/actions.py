"""All actions by their names, and what names are near to one that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from facetry.api.client.action import Action
from facetry.domain.errors import ActionNotFoundError

_LONGEST_NAME = 80
_NEAREST = 3
_LIKENESS = 0.75


class Actions:
    """The actions that there are."""

    def __init__(self, actions: Sequence[Action]) -> None:
        """Know these, each also by its aliases and without underscores between the words after the first."""
        self._actions = tuple(actions)
        self._by_name = {name: action for action in actions for name in _names(action)}

    def __iter__(self) -> Iterator[Action]:
        """Give each once, in their order."""
        return iter(self._actions)

    def named(self, name: str) -> Action:
        """Return the action of a name.

        Raises:
            ActionNotFoundError: There is none; the message tells near names.
        """
        action = self._by_name.get(name)
        if action is not None:
            return action
        if not name:
            raise ActionNotFoundError("no action is named; send one as action")
        shown = name[:_LONGEST_NAME]
        near = difflib.get_close_matches(shown.lower(), [action.name for action in self._actions], _NEAREST, _LIKENESS)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ActionNotFoundError(f"there is no action {shown!a}{hint}")


def _names(action: Action) -> Iterator[str]:
    for name in (action.name, *action.aliases):
        yield name
        first, _, rest = name.partition("_")
        yield f"{first}_{rest.replace('_', '')}"
