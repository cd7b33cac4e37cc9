#!lua
-- Appends events to the ledger: each one wholly or not at all, in the order given, at most once per id.
--
-- KEYS, shared by all events of the call
--   1 events:__global__   2 ledger   3 sessions   4 types   5 originals   6 round:<writer>   7 dedup:events
--   and for sorted-set also   8 by:all
--   then two pages of ids, one behind the other: ids:<page>   ids:<page + 1>
--   The caller foresees them from the newest event that it knows: the page with its id comes first.
-- KEYS, then for each event
--   evt:<event_id>   events:<session_id>   session:<session_id>   payload:<event_id>
--   and for sorted-set also by:session:<session_id>   by:agent:<agent_id>   by:trace:<trace_id>
--   by:type:<event_type>   by:tool:<tool_name>   by:parent:<parent_event_id>   by:status:<status>
--   (with an empty end where the event has no such field: nothing is written there then)
--   An event about a person has   pii:<pseudonym>:<event_id>   in place of the key of its payload.
-- KEYS, then for each event about a person that is sealed
--   fence:<pseudonym>   and for sorted-set also subject:<pseudonym>
-- ARGV, shared
--   1 engine, sorted-set or search
--   2 the place of this run in a round of several that are sent at once: <round> <number>; empty for a run alone
--   3 which ledger this is: <ledger_id> <partition> <partitions>; the id is taken by the first event of a ledger alone
-- ARGV, then for each event, always all of them, an absent one empty; times in milliseconds since 1970, the hash in
--   base64url
--   event_id event_type occurred_at session_id agent_id trace_id payload_ref tool_name parent_event_id ended_at
--   status schema_version importance_hint data_subject_id content_hash   expected_session_seq   payload   original
--   An event about a person names its pseudonym, p<generation>_<32 hexadecimal digits>, as data_subject_id, and its payload is
--   {"sealed":1,"algorithm":"<name>","key":"<pseudonym>.<generation of the key>","ciphertext":"<base64>"}
-- Reply, one for each event
--   appended   global_position seq session_seq
--   duplicate  global_position seq session_seq    (those of the first time)
--   conflict   the content_hash that is stored
--   gone       when it went, in milliseconds since 1970: it was in the ledger
--   unexpected the session_seq that the session has
--   personal   the event names a person, and is not sealed for it: nothing is written for this event, the others are not
--              concerned
--   fenced     up to which generation the keys of its subject were erased, that of this event among them: nothing is written
--              for this event, the others are not concerned
--   refused    why: what is stored for this event or its session contradicts itself or has another type;
--              nothing is written for this event, the others are not concerned; but where its session has events and
--              no entry
--   held       it is new, and behind one that was refused so: nothing is written for it, and the next run of the round is
--              BEHIND
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   BEHIND     the run before this one in its round has not been carried out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   PAGE       the newest event has, or those of this call might get, their ids on another page than those two; the
--              number of the newest event follows: nothing is written
--   WRONGTYPE  a shared key holds something else than this script writes: nothing is written
--   CORRUPT    the ledger contradicts itself: nothing is written
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write of an event.
-- INVARIANT: Redis may refuse what it was not told: each key that is touched is one of KEYS.
--
-- This is the first of the fragments that make the script, in this order: contract, validate, index-<engine>, arguments,
-- clock, head, state, document, write. They share their locals; each says what it adds.

local FORMAT = '3'
local SHARED_ARGS, ARGS_PER_EVENT, MAX_EVENTS = 3, 18, 100
local ROUND_MILLIS = '60000'
-- Positions go on behind an id that somebody has left in a stream, if it is no further ahead of the clock than this.
local MAX_LEAD_MILLIS = 5 * 60 * 1000
local MAX_NAME, MAX_REF, MAX_PAYLOAD = 255, 2048, 16 * 1024 * 1024
local FIRST_MILLIS, LAST_MILLIS, LAST_NUMBER = -62167219200000, 253402300799999, 2 ^ 53
local LAST_PARTITION = 16383
local IDS_PER_PAGE, ID_BYTES, PARENT_DIGITS = 4000, 16, 4
local UUID = '^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$'
-- Printable ASCII that needs no escape in JSON.
local PLAIN = '^[ ^-~#-[!%]]*$'
local ORIGINAL_FORM = '^{"global_position":"(%d+)%-(%d+)(@?%d*)","seq":(%d+),"session_seq":(%d+),'
  .. '"recorded_at_epoch_ms":(%-?%d+)(.*)}$'
local SEALED_FORM = '^{"sealed":1,"algorithm":"([A-Z0-9%-]+)","key":"(p([1-9]%d*)_([0-9a-f]+))%.([1-9]%d*)",'
  .. '"ciphertext":"()[A-Za-z0-9+/]+=?=?()"}$'
local LEDGER_FORM = '^,"ledger_id":"([^"]*)","partition":(%d+),"epoch":(%d+)$'
local STATUS = { [''] = true, pending = true, running = true, completed = true, failed = true, timeout = true }

local call, pcall, find, byte, format = redis.call, redis.pcall, string.find, string.byte, string.format
local sub, lower, floor, tonumber = string.sub, string.lower, math.floor, tonumber
local ARGV, KEYS = ARGV, KEYS

-- The arguments of the event at hand, by place.
local ID, TYPE, OCCURRED, SESSION, AGENT, TRACE, REF, TOOL, PARENT, ENDED = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
local STATUS_AT, VERSION, IMPORTANCE, SUBJECT, HASH, EXPECTED, PAYLOAD, ORIGINAL = 11, 12, 13, 14, 15, 16, 17, 18

local function invalid(message)
  return redis.error_reply('INVALID ' .. message)
end

local function corrupt(message)
  return redis.error_reply('CORRUPT ' .. message)
end

-- A command that fails on a key of another type: what it says then; once for each key.
local proven = {}
local function refusal(command, key)
  if proven[key] == nil then
    local reply = pcall(command, key)
    proven[key] = type(reply) == 'table' and reply.err or false
  end
  return proven[key]
end
