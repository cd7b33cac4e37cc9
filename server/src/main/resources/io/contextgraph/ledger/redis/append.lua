#!lua
-- Appends events to the ledger: each one wholly or not at all, in the order given, at most once per id.
--
-- KEYS, shared by all events of the call
--   1 events:__global__   2 ledger   3 sessions   4 types   5 originals   6 round:<writer>
--   and for sorted-set also   7 by:all
-- KEYS, then for each event
--   evt:<event_id>   events:<session_id>   session:<session_id>   payload:<event_id>
--   and for sorted-set also by:session:<session_id>   by:agent:<agent_id>   by:trace:<trace_id>
--   by:type:<event_type>   by:tool:<tool_name>   by:parent:<parent_event_id>   by:status:<status>
--   (with an empty end where the event has no such field: nothing is written there then)
--   Not declared, because its name needs the number that this script assigns: ids:<page>.
-- ARGV, shared
--   1 engine, sorted-set or search
--   2 the place of this run in a round of several that are sent at once: <round> <number>; empty for a run alone
-- ARGV, then for each event, always all of them, an absent one empty; times in milliseconds since 1970, the hash in
--   base64url
--   event_id event_type occurred_at session_id agent_id trace_id payload_ref tool_name parent_event_id ended_at
--   status schema_version importance_hint data_subject_id content_hash   expected_session_seq   payload   original
-- Reply, one for each event
--   appended   global_position seq session_seq
--   duplicate  global_position seq session_seq    (those of the first time)
--   conflict   the content_hash that is stored
--   unexpected the session_seq that the session has
--   refused    why: what is stored for this event or its session contradicts itself or has another type;
--              nothing is written for this event, the others are not concerned
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   BEHIND     the run before this one in its round has not been carried out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   WRONGTYPE  a shared key holds something else than this script writes: nothing is written
--   CORRUPT    the ledger contradicts itself: nothing is written
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write of an event.

local FORMAT = '2'
local SHARED_ARGS, ARGS_PER_EVENT, MAX_EVENTS = 2, 18, 100
local ROUND_MILLIS = '60000'
-- Positions go on behind an id that somebody has left in a stream, if it is no further ahead of the clock than this.
local MAX_LEAD_MILLIS = 5 * 60 * 1000
local MAX_NAME, MAX_REF, MAX_PAYLOAD = 255, 2048, 16 * 1024 * 1024
local FIRST_MILLIS, LAST_MILLIS, LAST_NUMBER = -62167219200000, 253402300799999, 2 ^ 53
local IDS_PER_PAGE, ID_BYTES, PARENT_DIGITS = 4000, 16, 4
local UUID = '^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$'
-- Printable ASCII that needs no escape in JSON.
local PLAIN = '^[ ^-~#-[!%]]*$'
local ORIGINAL_FORM = '^{"global_position":"(%d+)%-(%d+)","seq":(%d+),"session_seq":(%d+),'
  .. '"recorded_at_epoch_ms":(%-?%d+)}$'
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

-- Unicode characters in s; nil where s is not UTF-8.
local function characters(s)
  local i, count = 1, 0
  while i <= #s do
    local lead, low, high, more = byte(s, i), 0x80, 0xBF, 0
    if lead >= 0x80 then
      if lead >= 0xC2 and lead <= 0xDF then
        more = 1
      elseif lead >= 0xE0 and lead <= 0xEF then
        more = 2
        if lead == 0xE0 then low = 0xA0 elseif lead == 0xED then high = 0x9F end
      elseif lead >= 0xF0 and lead <= 0xF4 then
        more = 3
        if lead == 0xF0 then low = 0x90 elseif lead == 0xF4 then high = 0x8F end
      else
        return nil
      end
      for j = i + 1, i + more do
        local follower = byte(s, j)
        if not follower or follower < low or follower > high then
          return nil
        end
        low, high = 0x80, 0xBF
      end
    end
    i, count = i + 1 + more, count + 1
  end
  return count
end

-- A text of 1 to max characters without control characters, as it stands between quotes in JSON; false for others.
local function text(s, max)
  if s == '' then
    return false
  elseif find(s, PLAIN) then
    return #s <= max and s
  end
  local length = #s <= 4 * max and characters(s)
  if not length or length > max or find(s, '%c') or find(s, '\194[\128-\159]') then
    return false
  end
  return (string.gsub(s, '["\\]', '\\%0'))
end

-- Names repeat within a call: each is judged once.
local names = {}
local function name(s)
  local known = names[s]
  if known == nil then
    known = not find(s, '^__') and text(s, MAX_NAME)
    names[s] = known
  end
  return known
end

local types_known = {}
local function is_type(s)
  if not types_known[s] then
    types_known[s] = #s <= MAX_NAME and find(s, '^[a-z][a-z0-9]*%.[a-z0-9_%.]+$') and not find(s, '%.[^a-z]')
      and not find(s, '%.$')
  end
  return types_known[s]
end

local function is_uuid(s)
  return find(s, UUID) and lower(s) == s
end

-- The number that s is in its shortest form, from min to max; nil for anything else.
local function integer(s, min, max)
  local number = tonumber(s)
  return number and number >= min and number <= max and format('%d', number) == s and number or nil
end

-- Whether s says what another ledger had assigned to an event, in the one form that is stored.
local function is_original(s)
  local millis, counter, seq, session_seq, recorded_at = string.match(s, ORIGINAL_FORM)
  return millis and integer(millis, 0, LAST_NUMBER) and integer(counter, 0, LAST_NUMBER)
    and integer(seq, 1, LAST_NUMBER) and integer(session_seq, 1, tonumber(seq))
    and integer(recorded_at, FIRST_MILLIS, LAST_MILLIS)
end

local any_original = false

-- The rule that the event whose arguments begin after `at` breaks, if any; else what was read on the way: occurred_at
-- as a number, payload_ref for JSON.
local function fault(at)
  local id, parent, ended = ARGV[at + ID], ARGV[at + PARENT], ARGV[at + ENDED]
  if not is_uuid(id) then return 'event_id' end
  if not is_type(ARGV[at + TYPE]) then return 'event_type' end
  local occurred = integer(ARGV[at + OCCURRED], FIRST_MILLIS, LAST_MILLIS)
  if not occurred then return 'occurred_at' end
  if not name(ARGV[at + SESSION]) then return 'session_id' end
  if not name(ARGV[at + AGENT]) then return 'agent_id' end
  if not name(ARGV[at + TRACE]) then return 'trace_id' end
  local ref = text(ARGV[at + REF], MAX_REF)
  if not ref then return 'payload_ref' end
  if ARGV[at + TOOL] ~= '' and not name(ARGV[at + TOOL]) then return 'tool_name' end
  if parent ~= '' and (parent == id or not is_uuid(parent)) then return 'parent_event_id' end
  if ended ~= '' and not integer(ended, occurred, LAST_MILLIS) then return 'ended_at' end
  if not STATUS[ARGV[at + STATUS_AT]] then return 'status' end
  if ARGV[at + VERSION] ~= '1' and not integer(ARGV[at + VERSION], 1, 2147483647) then return 'schema_version' end
  if ARGV[at + IMPORTANCE] ~= '' and not integer(ARGV[at + IMPORTANCE], 1, 10) then return 'importance_hint' end
  if ARGV[at + SUBJECT] ~= '' and not name(ARGV[at + SUBJECT]) then return 'data_subject_id' end
  if #ARGV[at + HASH] ~= 43 or not find(ARGV[at + HASH], '^[%w_%-]+$') then return 'content_hash' end
  if ARGV[at + EXPECTED] ~= '' and not integer(ARGV[at + EXPECTED], 0, LAST_NUMBER) then return 'expected_session_seq' end
  local payload = ARGV[at + PAYLOAD]
  if payload ~= '' and (#payload > MAX_PAYLOAD or not find(payload, '^[{\31]')) then return 'payload' end
  if ARGV[at + ORIGINAL] ~= '' then
    if not is_original(ARGV[at + ORIGINAL]) then return 'original' end
    any_original = true
  end
  return nil, occurred, ref
end

local engine = ARGV[1]
local sorted_set = engine == 'sorted-set'
if not sorted_set and engine ~= 'search' then
  return invalid('engine')
end
local shared_keys, keys_per_event = sorted_set and 7 or 6, sorted_set and 11 or 4
local count = (#ARGV - SHARED_ARGS) / ARGS_PER_EVENT
if count < 1 or count > MAX_EVENTS or count ~= floor(count) or #KEYS ~= shared_keys + count * keys_per_event then
  return invalid('number of keys or arguments')
end

local global, ledger, sessions, types, originals, round, all = unpack(KEYS, 1, 7)
local prefix = string.match(global, '^(.*)events:__global__$')
if not prefix or ledger ~= prefix .. 'ledger' or sessions ~= prefix .. 'sessions' or types ~= prefix .. 'types'
  or originals ~= prefix .. 'originals' or sub(round, 1, #prefix + 6) ~= prefix .. 'round:'
  or not find(sub(round, #prefix + 7), UUID)
  or (sorted_set and all ~= prefix .. 'by:all') then
  return invalid('shared keys')
end
local document_prefix, stream_prefix = prefix .. 'evt:', prefix .. 'events:'
local session_prefix, payload_prefix = prefix .. 'session:', prefix .. 'payload:'

local times, refs, fresh = {}, {}, {}
for e = 1, count do
  local at, k = SHARED_ARGS + (e - 1) * ARGS_PER_EVENT, shared_keys + (e - 1) * keys_per_event
  local broken, occurred, ref = fault(at)
  if broken then
    return invalid('event ' .. e .. ': ' .. broken)
  end
  times[e], refs[e] = occurred, ref
  local id, session = ARGV[at + ID], ARGV[at + SESSION]
  if KEYS[k + 1] ~= document_prefix .. id or KEYS[k + 2] ~= stream_prefix .. session
    or KEYS[k + 3] ~= session_prefix .. session or KEYS[k + 4] ~= payload_prefix .. id
    or (sorted_set and (KEYS[k + 5] ~= prefix .. 'by:session:' .. session
      or KEYS[k + 6] ~= prefix .. 'by:agent:' .. ARGV[at + AGENT]
      or KEYS[k + 7] ~= prefix .. 'by:trace:' .. ARGV[at + TRACE]
      or KEYS[k + 8] ~= prefix .. 'by:type:' .. ARGV[at + TYPE]
      or KEYS[k + 9] ~= prefix .. 'by:tool:' .. ARGV[at + TOOL]
      or KEYS[k + 10] ~= prefix .. 'by:parent:' .. ARGV[at + PARENT]
      or KEYS[k + 11] ~= prefix .. 'by:status:' .. ARGV[at + STATUS_AT])) then
    return invalid('event ' .. e .. ': keys')
  end
  fresh[2 * e - 1], fresh[2 * e] = KEYS[k + 1], KEYS[k + 4]
end

-- Redis may forget this script between two runs of a round: those that it still carries out after that must not pass
-- the others.
local place, number = string.match(ARGV[2], '^(%x+) (%d+)$')
if ARGV[2] ~= '' and not place then
  return invalid('place in the round')
end
if place and number ~= '1' and call('GET', round) ~= place .. ' ' .. format('%d', number - 1) then
  return redis.error_reply('BEHIND the run before this one has not been carried out')
end

local clock = call('TIME')
local now = clock[1] * 1000 + floor(clock[2] / 1000)

-- The ledger's head, and that the shared keys are what they should be.
local head = call('HMGET', ledger, 'seq', 'position', 'engine', 'format', 'mending', 'originals')
local seq, last_millis, last_counter = tonumber(head[1] or '0'), 0, -1
if head[5] and (tonumber(head[5]) or 0) > now then
  return redis.error_reply('MENDING the ledger is being mended')
end
if head[1] then
  last_millis, last_counter = string.match(head[2] or '', '^(%d+)%-(%d+)$')
  last_millis, last_counter = tonumber(last_millis), tonumber(last_counter)
  if not seq or not last_millis then
    return corrupt('ledger: head is damaged')
  end
  if head[4] ~= FORMAT then
    return corrupt('ledger: was written in format ' .. tostring(head[4]) .. ', not ' .. FORMAT)
  end
  if head[3] ~= engine then
    return corrupt('ledger: was written by engine ' .. tostring(head[3]) .. ', not ' .. engine)
  end
end
local head_millis, head_counter = last_millis, last_counter

-- Whether an id, as two numbers, is behind the head.
local function is_beyond(id)
  local millis, counter = string.match(id, '^(%d+)%-(%d+)$')
  millis, counter = tonumber(millis), tonumber(counter)
  return millis > head_millis or (millis == head_millis and counter > head_counter)
end

-- A field of an entry of a stream.
local function field(entry, wanted)
  local fields = entry[2]
  for i = 1, #fields, 2 do
    if fields[i] == wanted then
      return fields[i + 1]
    end
  end
  return nil
end

-- The number of the newest event must be that of the newest entry; where that is gone, its page must have it.
local newest = call('XREVRANGE', global, '+', '-', 'COUNT', '1')[1]
if newest and is_beyond(newest[1]) then
  return corrupt('events: global stream is ahead of the ledger')
elseif newest and newest[1] == head[2] then
  if field(newest, 'seq') ~= head[1] then
    return corrupt('ledger: the head is at seq ' .. head[1] .. ', its event is not')
  end
else
  local place = ((seq > 0 and seq or 1) - 1) % IDS_PER_PAGE * ID_BYTES
  local id = call('GETRANGE', prefix .. 'ids:' .. floor(((seq > 0 and seq or 1) - 1) / IDS_PER_PAGE), place,
    place + ID_BYTES - 1)
  if (id == '' or find(id, '^%z+$')) == (seq > 0) then
    return corrupt(seq > 0 and 'ledger: no event has seq ' .. head[1] .. ', at which the head is'
      or 'ledger: the head is missing, there are events')
  end
end
call('ZCARD', sessions)
call('SCARD', types)
local originals_before
if any_original then
  originals_before = call('HLEN', originals)
  originals_before = tonumber(head[6] or originals_before) or originals_before
end
if sorted_set then
  call('ZCARD', all)
end
for page = floor(seq / IDS_PER_PAGE), floor((seq + count - 1) / IDS_PER_PAGE) do
  call('STRLEN', prefix .. 'ids:' .. page)
end
local any_stored = call('EXISTS', unpack(fresh)) > 0

-- A command that fails on a key of another type: what it says then; once for each key.
local proven = {}
local function refusal(command, key)
  if proven[key] == nil then
    local reply = pcall(command, key)
    proven[key] = type(reply) == 'table' and reply.err or false
  end
  return proven[key]
end

-- The answer for an event whose id is taken.
local function repeated(document, hash)
  local position, session_number, stored = string.match(document, '"recorded":"(%d+%-%d+) (%d+) ([%w_%-]+)"')
  local number = string.match(document, '"seq":(%d+)')
  if not position or not number then
    return { 'refused', 'CORRUPT evt: document is damaged' }
  elseif stored ~= hash then
    return { 'conflict', stored }
  end
  return { 'duplicate', position, number, session_number }
end

-- What there is under the id of an event already, as an answer; nil where there is nothing.
local function stored_answer(at, k)
  local document
  if sorted_set then
    document = pcall('GET', KEYS[k + 1])
  else
    document = pcall('JSON.GET', KEYS[k + 1])
  end
  if type(document) == 'table' then
    return { 'refused', document.err }
  elseif document then
    return repeated(document, ARGV[at + HASH])
  end
  local wrong = refusal('STRLEN', KEYS[k + 4])
  return wrong and { 'refused', wrong }
end

if now > last_millis then
  last_millis, last_counter = now, -1
end

-- XADD takes no id at or below the newest that a stream has ever had, whether that entry is still there or not.
-- Answers why nothing can be added to a stream; else, where it has had ids beyond the head, the newest of them.
local function ids_ahead(stream, what)
  local info = pcall('XINFO', 'STREAM', stream)
  if info.err then
    return not find(info.err, 'no such key', 1, true) and info.err
  end
  local millis, counter
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      millis, counter = string.match(info[i + 1], '^(%d+)%-(%d+)$')
    end
  end
  millis, counter = tonumber(millis), tonumber(counter)
  if millis < head_millis or (millis == head_millis and counter <= head_counter) then
    return false
  end
  local last = call('XREVRANGE', stream, '+', '-', 'COUNT', '1')[1]
  if last and is_beyond(last[1]) then
    return 'CORRUPT events: ' .. what .. ' is ahead of the ledger'
  elseif millis > now + MAX_LEAD_MILLIS then
    return 'CORRUPT events: ' .. what .. ' has had an id that is more than 5 minutes ahead of the clock, '
      .. format('%.0f', millis) .. '-' .. format('%.0f', counter)
      .. ': nothing can be added until the clock is within 5 minutes of it'
  end
  return false, millis, counter
end

-- Lets the next position be behind an id.
local function go_behind(millis, counter)
  if millis > last_millis or (millis == last_millis and counter > last_counter) then
    last_millis, last_counter = millis, counter
    if counter >= LAST_NUMBER then
      last_millis, last_counter = millis + 1, -1
    end
  end
end

local function next_position()
  last_counter = last_counter + 1
  return format('%.0f', last_millis) .. '-' .. format('%d', last_counter)
end

-- The sessions of this call: what is stored of each, read once.
local known = {}
local function session_of(k, name_of_session)
  local session = known[KEYS[k + 3]]
  if session then
    return session
  end
  session = {}
  known[KEYS[k + 3]] = session
  local summary = pcall('HMGET', KEYS[k + 3], 'count', 'first_at', 'last_at')
  local stream = pcall('XREVRANGE', KEYS[k + 2], '+', '-', 'COUNT', '1')
  if summary.err or stream.err then
    session.refused = summary.err or stream.err
    return session
  end
  local last = stream[1]
  if last and is_beyond(last[1]) then
    session.refused = 'CORRUPT events: session stream is ahead of the ledger'
  elseif summary[1] then
    session.count, session.first, session.last = tonumber(summary[1]), tonumber(summary[2]), tonumber(summary[3])
    if not (session.count and session.first and session.last) then
      session.refused = 'CORRUPT session: summary is damaged'
    elseif last and (field(last, 'session_seq') or summary[1]) ~= summary[1] then
      session.refused = 'CORRUPT session: summary says ' .. summary[1] .. ' events, the stream does not'
    end
  elseif last or call('ZSCORE', sessions, name_of_session) then
    session.refused = 'CORRUPT session: summary is missing, the session has events'
  else
    session.count = 0
  end
  return session
end

-- What keeps an event that is new from being written; nil where nothing does.
local function hindrance(at, k, session)
  if session.refused then
    return { 'refused', session.refused }
  end
  local expected = ARGV[at + EXPECTED]
  if expected ~= '' and tonumber(expected) ~= session.count then
    return { 'unexpected', format('%d', session.count) }
  end
  if sorted_set then
    for i = 5, 11 do
      local wrong = refusal('ZCARD', KEYS[k + i])
      if wrong then
        return { 'refused', wrong }
      end
    end
  end
  return nil
end

local function id_bytes(id)
  return struct.pack('>I4I4I4I4', tonumber(sub(id, 1, 8), 16), tonumber(sub(id, 10, 13) .. sub(id, 15, 18), 16),
    tonumber(sub(id, 20, 23) .. sub(id, 25, 28), 16), tonumber(sub(id, 29, 36), 16))
end

-- The document of an event: the terms by which it is found, and what else there is to know. The id is in the key.
-- A parent is found by the last digits of its id: a term of its own for each event would cost a tenth of the memory.
-- Optional parts come as a label and a closing quote, or as nothing: one concatenation makes the whole.
local function json(e, at, position, number, session_number)
  local tool, parent, subject, version = ARGV[at + TOOL], ARGV[at + PARENT], ARGV[at + SUBJECT], ARGV[at + VERSION]
  local status, importance, ended = ARGV[at + STATUS_AT], ARGV[at + IMPORTANCE], ARGV[at + ENDED]
  local tool_label, tool_end = '', ''
  if tool ~= '' then tool_label, tool, tool_end = ',"tool:', names[tool], '"' end
  local parent_label, digits, parent_end, parent_field = '', '', '', ''
  if parent ~= '' then
    parent_label, digits, parent_end = ',"parent:', sub(parent, -PARENT_DIGITS), '"'
    parent_field = '","parent_event_id":"'
  end
  local status_label, status_end = '', ''
  if status ~= '' then status_label, status_end = ',"status:', '"' end
  local importance_label, importance_end = '', ''
  if importance ~= '' then importance_label, importance_end = ',"importance:', '"' end
  local subject_label, subject_end = '', ''
  if subject ~= '' then subject_label, subject, subject_end = ',"subject:', names[subject], '"' end
  local version_label, version_end = ',"version:', '"'
  if version == '1' then version_label, version, version_end = '', '', '' end
  return '{"terms":["session:' .. names[ARGV[at + SESSION]] .. '","agent:' .. names[ARGV[at + AGENT]]
    .. '","trace:' .. names[ARGV[at + TRACE]] .. '","type:' .. ARGV[at + TYPE] .. '"'
    .. tool_label .. tool .. tool_end .. parent_label .. digits .. parent_end
    .. status_label .. status .. status_end .. importance_label .. importance .. importance_end
    .. subject_label .. subject .. subject_end .. version_label .. version .. version_end
    .. '],"occurred_at_epoch_ms":' .. ARGV[at + OCCURRED]
    .. (ended ~= '' and ',"ended_at_epoch_ms":' or '') .. ended .. ',"seq":' .. number
    .. ',"recorded":"' .. position .. ' ' .. session_number .. ' ' .. ARGV[at + HASH]
    .. '","payload_ref":"' .. refs[e] .. parent_field .. parent .. '"}'
end

local first_seq = seq
local documents, id_run, written, touched, new_types, replies = {}, {}, {}, {}, {}, {}
local kept = {}
local position
local members, member_keys = {}, {}

local function index(key, score, member)
  local entries = members[key]
  if not entries then
    entries = { 'ZADD', key }
    members[key] = entries
    member_keys[#member_keys + 1] = key
  end
  entries[#entries + 1], entries[#entries + 2] = score, member
end

local function add_to_session(new_position, at, stream, _, session_number)
  return pcall('XADD', stream, new_position, 'event_id', ARGV[at + ID], 'session_seq', session_number)
end

local function add_to_global(new_position, at, _, number, session_number)
  return pcall('XADD', global, new_position, 'event_id', ARGV[at + ID], 'event_type', ARGV[at + TYPE],
    'occurred_at_epoch_ms', ARGV[at + OCCURRED], 'session_id', ARGV[at + SESSION], 'agent_id', ARGV[at + AGENT],
    'trace_id', ARGV[at + TRACE], 'payload_ref', ARGV[at + REF], 'tool_name', ARGV[at + TOOL],
    'parent_event_id', ARGV[at + PARENT], 'ended_at_epoch_ms', ARGV[at + ENDED], 'status', ARGV[at + STATUS_AT],
    'schema_version', ARGV[at + VERSION], 'importance_hint', ARGV[at + IMPORTANCE],
    'data_subject_id', ARGV[at + SUBJECT], 'content_hash', ARGV[at + HASH], 'seq', number,
    'session_seq', session_number)
end

-- Adds an event to both streams, and answers its position; else nil, and why neither of them takes it.
-- INVARIANT: the first of the two is the first write of the event and may fail; the other must not. Once this run has added
-- to the global stream that takes whatever comes; before, the session's stream is looked at closely, which costs more.
local function add(at, stream, number, session_number)
  local first, second, doubtful, what = add_to_session, add_to_global, stream, 'session stream'
  if seq == first_seq then
    local wrong, millis, counter = ids_ahead(stream, what)
    if wrong then
      return nil, wrong
    elseif millis then
      go_behind(millis, counter)
    end
    first, second, doubtful, what = add_to_global, add_to_session, global, 'global stream'
  end
  local new_position = next_position()
  local added = first(new_position, at, stream, number, session_number)
  if type(added) == 'table' then
    local wrong, millis, counter = ids_ahead(doubtful, what)
    if not millis then
      return nil, wrong or added.err
    end
    go_behind(millis, counter)
    new_position = next_position()
    added = first(new_position, at, stream, number, session_number)
    if type(added) == 'table' then
      return nil, added.err
    end
  end
  local sure = second(new_position, at, stream, number, session_number)
  if type(sure) == 'table' then
    error(sure.err)
  end
  return new_position
end

if place then
  call('SET', round, ARGV[2], 'PX', ROUND_MILLIS)
end
for e = 1, count do
  local at, k = SHARED_ARGS + (e - 1) * ARGS_PER_EVENT, shared_keys + (e - 1) * keys_per_event
  local id, hash, before = ARGV[at + ID], ARGV[at + HASH], written[ARGV[at + ID]]
  local reply
  if before then
    reply = before.hash == hash and { 'duplicate', before[2], before[3], before[4] } or { 'conflict', before.hash }
  elseif any_stored then
    reply = stored_answer(at, k)
  end
  local session = not reply and session_of(k, ARGV[at + SESSION])
  reply = reply or hindrance(at, k, session)
  local number, session_number
  if not reply then
    number, session_number = format('%d', seq + 1), format('%d', session.count + 1)
    local added, wrong = add(at, KEYS[k + 2], number, session_number)
    position = added or position
    reply = wrong and { 'refused', wrong }
  end
  if not reply then
    local agent, status = ARGV[at + AGENT], ARGV[at + STATUS_AT]
    if ARGV[at + PAYLOAD] ~= '' then
      call('SET', KEYS[k + 4], ARGV[at + PAYLOAD])
    end
    if ARGV[at + ORIGINAL] ~= '' then
      kept[#kept + 1], kept[#kept + 2] = id, ARGV[at + ORIGINAL]
    end

    local millis, bytes = times[e], id_bytes(id)
    id_run[#id_run + 1] = bytes
    documents[#documents + 1] = KEYS[k + 1]
    if not sorted_set then
      documents[#documents + 1] = '$'
    end
    documents[#documents + 1] = json(e, at, position, number, session_number)
    if not session.fields then
      session.fields = session.count == 0 and { 'first_seq', number } or {}
      session.key, session.id, session.first_seq = KEYS[k + 3], ARGV[at + SESSION], session.count == 0 and number
      touched[#touched + 1] = session
    end
    session.count = session.count + 1
    session.first = session.first and session.first < millis and session.first or millis
    session.last = session.last and session.last > millis and session.last or millis
    session.last_event, session.status = id, status
    if session.agent ~= agent then
      session.agent = agent
      local fields = session.fields
      fields[#fields + 1], fields[#fields + 2] = 'agent:' .. agent, ''
    end
    if not new_types[ARGV[at + TYPE]] then
      new_types[ARGV[at + TYPE]] = true
      new_types[#new_types + 1] = ARGV[at + TYPE]
    end
    if sorted_set then
      local score, member = ARGV[at + OCCURRED], struct.pack('>I8', seq + 1) .. bytes
      index(all, score, member)
      for i = 5, 11 do
        if i < 9 or ARGV[at + (i == 9 and TOOL or i == 10 and PARENT or STATUS_AT)] ~= '' then
          index(KEYS[k + i], score, member)
        end
      end
    end
    seq = seq + 1
    reply = { 'appended', position, number, session_number, hash = hash }
    written[id] = reply
  end
  replies[e] = reply
end

if #id_run > 0 then
  call('HSET', ledger, 'seq', format('%d', seq), 'position', position,
    'engine', engine, 'format', FORMAT)
  local from = 1
  while from <= #id_run do
    local place = (first_seq + from - 1) % IDS_PER_PAGE
    local to = math.min(#id_run, from + IDS_PER_PAGE - place - 1)
    local page = prefix .. 'ids:' .. floor((first_seq + from - 1) / IDS_PER_PAGE)
    if place == 0 then
      -- The page at its full size at once: it never moves and leaves no slack.
      call('SETRANGE', page, IDS_PER_PAGE * ID_BYTES - 1, '\0')
    end
    call('SETRANGE', page, place * ID_BYTES, table.concat(id_run, '', from, to))
    from = to + 1
  end
  for i = 1, #touched do
    local session = touched[i]
    call('HSET', session.key, 'count', format('%d', session.count), 'first_at', format('%d', session.first),
      'last_at', format('%d', session.last), 'last_event', session.last_event, 'status', session.status,
      unpack(session.fields))
    if session.first_seq then
      call('ZADD', sessions, session.first_seq, session.id)
    end
  end
  call('SADD', types, unpack(new_types))
  if #kept > 0 then
    call('HSET', originals, unpack(kept))
    call('HSET', ledger, 'originals', format('%d', originals_before + #kept / 2))
  end
  if sorted_set then
    call('MSET', unpack(documents))
    for i = 1, #member_keys do
      call(unpack(members[member_keys[i]]))
    end
  else
    call('JSON.MSET', unpack(documents))
  end
end
return replies
