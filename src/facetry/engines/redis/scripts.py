"""The scripts that run on the server, each as one step that nothing comes between."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from facetry.domain.leaky_bucket import Filling, fill, take

_ENTRY = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local held = redis.call('HMGET', KEYS[1], 'server', 'ticket', 'mark', 'moment')
-- What another server wrote was copied from it, or loaded by this one when it started: nobody knows what happened
-- between, and its clock may be another. A moment in the future says that this clock was set back.
local is_held = held[1] == server and tonumber(held[4]) <= now
local function begin(ticket, kept)
  held = {server, ticket, '0', '0'}
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'server', server, 'ticket', ticket, 'mark', '0', 'moment', '0')
  redis.call('PEXPIRE', KEYS[1], kept)
end
"""
_LOOK = """
local lease, kept, ticket = tonumber(ARGV[1]), ARGV[2], ARGV[3]
if not is_held then begin(ticket, kept) end
local mark = false
if now < tonumber(held[4]) + lease then mark = held[3] end
return {now, held[2], mark}
"""
_TELL = """
local lease, kept, ticket = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local mark, seen, moment = ARGV[4], ARGV[5], ARGV[6]
local channel, message = ARGV[7], ARGV[8]
if not is_held then
  if ticket == '' then return server end
  begin(ticket, kept)
end
-- A mark that was asked for under another ticket is from before something was forgotten: it is no more than a floor.
if seen ~= held[2] or tonumber(moment) > now then moment = '0' end
local higher = tonumber(mark) - tonumber(held[3])
if higher > 0 then
  redis.call('HSET', KEYS[1], 'mark', mark, 'moment', moment)
elseif higher == 0 and tonumber(moment) > tonumber(held[4]) then
  redis.call('HSET', KEYS[1], 'moment', moment)
end
-- Always done, so that there is something for replicas to confirm.
redis.call('PEXPIRE', KEYS[1], kept)
if channel ~= '' then redis.pcall('PUBLISH', channel, message) end
return server
"""
_BUCKET = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
local size, leak, overflow = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local empty_at = tonumber(redis.call('GET', KEYS[1]) or '0')
"""
_LEVEL = """
return {string.format('%.17g', empty_at), string.format('%.17g', now)}
"""
_FILLED = """
local amount, tolerance, always = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == 'fill'
local calls = math.min(size + overflow, math.max(0, (empty_at - now) * leak))
if always then
  calls = math.max(0, math.min(calls + amount, size + overflow))
elseif calls + math.min(amount, size) <= size + tolerance then
  calls = math.min(calls + amount, size + math.max(overflow, tolerance))
end
local kept = math.ceil(calls / leak * 1000) + 60000
redis.call('SET', KEYS[1], string.format('%.17g', now + calls / leak), 'PX', string.format('%.0f', kept))
"""


@dataclass(frozen=True)
class Script:
    """A script of the server's, with one key.

    Attributes:
        text: What it does.
        digest: The name under which a server that has seen it knows it.
    """

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Name it."""
        # The server names scripts so; nothing is kept secret by it.
        object.__setattr__(self, "digest", hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest())


LOOK = Script(_ENTRY + _LOOK)
"""Key: a tenant's entry. Arguments: lease and time to keep the entry (microseconds, milliseconds), a new ticket.

Answers the server's time in microseconds, the entry's ticket, and the mark where it is believed."""
TELL = Script(_ENTRY + _TELL)
"""Key: a tenant's entry. Arguments: those of ``LOOK``, but no ticket where no entry is to be begun; a mark, the ticket
and the moment of a look from before it; a channel, if anyone is to hear of it, and what.

Answers the id of the server."""
LEVEL = Script(_BUCKET + _LEVEL)
"""Key: a bucket. Arguments: the time or nothing, for the server's own; size, leak and overflow.

Answers when it will have run out, and the time."""
FILL = Script(_BUCKET + _FILLED + _LEVEL)
"""Key and answer as of ``LEVEL``, from before. Further arguments: amount, tolerance, and ``fill`` or ``take``."""

WAYS: dict[Filling, str] = {take: "take", fill: "fill"}
