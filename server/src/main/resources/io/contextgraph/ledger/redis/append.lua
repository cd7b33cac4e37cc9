#!lua
-- Appends events to the ledger: each one wholly or not at all, in the order given, at most once per id.
--
-- KEYS, shared by all events of the call
--   1 events:__global__   2 ledger   3 dedup:events   4 sessions   5 types   and for sorted-set also   6 by:all
-- KEYS, then for each event
--   evt:<event_id>   events:<session_id>   session:<session_id>   payload:<event_id>
--   and for sorted-set also by:session:<session_id>   by:agent:<agent_id>   by:trace:<trace_id>
--   by:type:<event_type>   by:tool:<tool_name>   by:parent:<parent_event_id>   by:status:<status>
--   (with an empty end where the event has no such field: nothing is written there then)
--   Not declared, because its name needs the number that this script assigns: ids:<page>.
-- ARGV, shared
--   1 engine, sorted-set or search   2 milliseconds that the dedup window remembers
-- ARGV, then for each event, always all of them, an absent one empty
--   event_id event_type occurred_at session_id agent_id trace_id payload_ref tool_name parent_event_id ended_at
--   status schema_version importance_hint data_subject_id content_hash   expected_session_seq   payload
-- Reply, one for each event
--   appended   global_position seq session_seq recorded_at
--   duplicate  global_position seq session_seq recorded_at    (those of the first time)
--   conflict   the content_hash that is stored
--   unexpected the session_seq that the session has
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than this script writes: nothing is written
--   CORRUPT    what is stored contradicts itself: nothing is written for this event nor those after it
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write of an event.

local SHARED_ARGS, ARGS_PER_EVENT, MAX_EVENTS = 2, 17, 100
local MAX_NAME, MAX_REF, MAX_PAYLOAD = 255, 2048, 16 * 1024 * 1024
local IDS_PER_PAGE, ID_BYTES = 4000, 16
local NAMES = {
  'event_id', 'event_type', 'occurred_at', 'session_id', 'agent_id', 'trace_id', 'payload_ref', 'tool_name',
  'parent_event_id', 'ended_at', 'status', 'schema_version', 'importance_hint', 'data_subject_id', 'content_hash',
}
local STATUS = { [''] = true, pending = true, running = true, completed = true, failed = true, timeout = true }

local call, find, byte, format, floor = redis.call, string.find, string.byte, string.format, math.floor

-- The arguments of the event at hand, by place.
local ID, TYPE, OCCURRED, SESSION, AGENT, TRACE, REF, TOOL, PARENT, ENDED = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
local STATUS_AT, VERSION, IMPORTANCE, SUBJECT, HASH, EXPECTED, PAYLOAD = 11, 12, 13, 14, 15, 16, 17

local function invalid(message)
  return redis.error_reply('INVALID ' .. message)
end

local function corrupt(message)
  return redis.error_reply('CORRUPT ' .. message)
end

-- Unicode characters in s; nil where s is not UTF-8.
local function characters(s)
  if not find(s, '[\128-\255]') then
    return #s
  end
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

local function is_text(s, max)
  local length = s ~= '' and #s <= 4 * max and characters(s)
  return length and length <= max and not find(s, '%c') and not find(s, '\194[\128-\159]')
end

local function is_name(s)
  return is_text(s, MAX_NAME) and not find(s, '^__')
end

local function is_uuid(s)
  return #s == 36 and find(s, '^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$')
    and not find(s, '%u')
end

local function is_type(s)
  return #s <= MAX_NAME and find(s, '^[a-z][a-z0-9]*%.[a-z0-9_%.]+$') and not find(s, '%.[^a-z]')
    and not find(s, '%.$')
end

local function is_integer(s, max)
  return #s <= 15 and (s == '0' or find(s, '^[1-9]%d*$')) and tonumber(s) <= max
end

-- Days since 1970-01-01 of a date in the Gregorian calendar; years begin in March, so that the leap day comes last.
local function days_of(year, month, day)
  local y = month <= 2 and year - 1 or year
  local era = floor(y / 400)
  local year_of_era = y - era * 400
  local day_of_year = floor((153 * (month > 2 and month - 3 or month + 9) + 2) / 5) + day - 1
  return era * 146097 + year_of_era * 365 + floor(year_of_era / 4) - floor(year_of_era / 100) + day_of_year - 719468
end

-- Text of the form 2026-01-31T12:00:00.000Z as milliseconds since 1970; nil for anything else.
local function millis_of(text)
  local year, month, day, hour, minute, second, milli =
    string.match(text, '^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):(%d%d)%.(%d%d%d)Z$')
  if not year or #text ~= 24 then
    return nil
  end
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)
  if month < 1 or month > 12 or day < 1 or day > 31 or hour > 23 or minute > 59 or second > 59 then
    return nil
  end
  local days = days_of(year, month, day)
  local after = month == 12 and days_of(year + 1, 1, 1) or days_of(year, month + 1, 1)
  if days >= after then
    return nil
  end
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milli
end

local function text_of(millis)
  local days = floor(millis / 86400000)
  local rest = millis - days * 86400000
  local z = days + 719468
  local era = floor(z / 146097)
  local doe = z - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local mp = floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, doy - floor((153 * mp + 2) / 5) + 1,
    floor(rest / 3600000), floor(rest / 60000) % 60, floor(rest / 1000) % 60, rest % 1000)
end

local function uuid_bytes(text)
  local hex = string.gsub(text, '-', '')
  return struct.pack('>I4I4I4I4', tonumber(string.sub(hex, 1, 8), 16), tonumber(string.sub(hex, 9, 16), 16),
    tonumber(string.sub(hex, 17, 24), 16), tonumber(string.sub(hex, 25, 32), 16))
end

-- The rule that the event whose arguments begin after `at` breaks, if any; its occurred_at in milliseconds.
local function fault(at)
  local id, parent, ended = ARGV[at + ID], ARGV[at + PARENT], ARGV[at + ENDED]
  local occurred = millis_of(ARGV[at + OCCURRED])
  if not is_uuid(id) then return 'event_id' end
  if not is_type(ARGV[at + TYPE]) then return 'event_type' end
  if not occurred then return 'occurred_at' end
  if not is_name(ARGV[at + SESSION]) then return 'session_id' end
  if not is_name(ARGV[at + AGENT]) then return 'agent_id' end
  if not is_name(ARGV[at + TRACE]) then return 'trace_id' end
  if not is_text(ARGV[at + REF], MAX_REF) then return 'payload_ref' end
  if ARGV[at + TOOL] ~= '' and not is_name(ARGV[at + TOOL]) then return 'tool_name' end
  if parent ~= '' and (parent == id or not is_uuid(parent)) then return 'parent_event_id' end
  if ended ~= '' then
    local millis = millis_of(ended)
    if not millis or millis < occurred then return 'ended_at' end
  end
  if not STATUS[ARGV[at + STATUS_AT]] then return 'status' end
  if ARGV[at + VERSION] == '0' or not is_integer(ARGV[at + VERSION], 2147483647) then return 'schema_version' end
  local importance = ARGV[at + IMPORTANCE]
  if importance ~= '' and (importance == '0' or not is_integer(importance, 10)) then return 'importance_hint' end
  if ARGV[at + SUBJECT] ~= '' and not is_name(ARGV[at + SUBJECT]) then return 'data_subject_id' end
  if #ARGV[at + HASH] ~= 64 or find(ARGV[at + HASH], '[^0-9a-f]') then return 'content_hash' end
  local expected = ARGV[at + EXPECTED]
  if expected ~= '' and not is_integer(expected, 2 ^ 53) then return 'expected_session_seq' end
  local payload = ARGV[at + PAYLOAD]
  if payload ~= '' and (#payload > MAX_PAYLOAD or not find(payload, '^[{\31]')) then return 'payload' end
  return nil, occurred
end

local engine, window = ARGV[1], ARGV[2]
local sorted_set = engine == 'sorted-set'
if not sorted_set and engine ~= 'search' then
  return invalid('engine')
end
if not window or not is_integer(window, 2 ^ 53) then
  return invalid('dedup window')
end
local shared_keys, keys_per_event = sorted_set and 6 or 5, sorted_set and 11 or 4
local count = (#ARGV - SHARED_ARGS) / ARGS_PER_EVENT
if count < 1 or count > MAX_EVENTS or count ~= floor(count) or #KEYS ~= shared_keys + count * keys_per_event then
  return invalid('number of keys or arguments')
end

local global, ledger, dedup, sessions, types, all = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local prefix = string.match(global, '^(.*)events:__global__$')
if not prefix or ledger ~= prefix .. 'ledger' or dedup ~= prefix .. 'dedup:events' or sessions ~= prefix .. 'sessions'
  or types ~= prefix .. 'types' or (sorted_set and all ~= prefix .. 'by:all') then
  return invalid('shared keys')
end

local times = {}
for e = 1, count do
  local at, k = SHARED_ARGS + (e - 1) * ARGS_PER_EVENT, shared_keys + (e - 1) * keys_per_event
  local broken, occurred = fault(at)
  if broken then
    return invalid('event ' .. e .. ': ' .. broken)
  end
  times[e] = occurred
  if KEYS[k + 1] ~= prefix .. 'evt:' .. ARGV[at + ID]
    or KEYS[k + 2] ~= prefix .. 'events:' .. ARGV[at + SESSION]
    or KEYS[k + 3] ~= prefix .. 'session:' .. ARGV[at + SESSION]
    or KEYS[k + 4] ~= prefix .. 'payload:' .. ARGV[at + ID]
    or (sorted_set and (KEYS[k + 5] ~= prefix .. 'by:session:' .. ARGV[at + SESSION]
      or KEYS[k + 6] ~= prefix .. 'by:agent:' .. ARGV[at + AGENT]
      or KEYS[k + 7] ~= prefix .. 'by:trace:' .. ARGV[at + TRACE]
      or KEYS[k + 8] ~= prefix .. 'by:type:' .. ARGV[at + TYPE]
      or KEYS[k + 9] ~= prefix .. 'by:tool:' .. ARGV[at + TOOL]
      or KEYS[k + 10] ~= prefix .. 'by:parent:' .. ARGV[at + PARENT]
      or KEYS[k + 11] ~= prefix .. 'by:status:' .. ARGV[at + STATUS_AT])) then
    return invalid('event ' .. e .. ': keys')
  end
end

-- A command that fails on a key of another type, and so proves the type of the key, once for each key.
local proven = {}
local function prove(command, key)
  if not proven[key] then
    proven[key] = call(command, key) + 1
  end
  return proven[key] - 1
end

local head = call('HMGET', ledger, 'seq', 'position', 'engine')
local seq, last_millis, last_counter = tonumber(head[1] or '0'), 0, -1
if head[1] then
  last_millis, last_counter = string.match(head[2] or '', '^(%d+)%-(%d+)$')
  last_millis, last_counter = tonumber(last_millis), tonumber(last_counter)
  if not seq or not last_millis then
    return corrupt('ledger: head is damaged')
  end
  if head[3] ~= engine then
    return corrupt('ledger: was written by engine ' .. tostring(head[3]) .. ', not ' .. engine)
  end
end
if prove('XLEN', global) > 0 and seq == 0 then
  return corrupt('ledger: has events but no head')
end
prove('ZCARD', dedup)
prove('ZCARD', sessions)
prove('SCARD', types)
if sorted_set then
  prove('ZCARD', all)
end
for page = floor(seq / IDS_PER_PAGE), floor((seq + count - 1) / IDS_PER_PAGE) do
  prove('STRLEN', prefix .. 'ids:' .. page)
end

local documents = {}
local function document(key)
  if sorted_set then
    return call('GET', key)
  end
  return call('JSON.GET', key)
end
for e = 1, count do
  local at, k = SHARED_ARGS + (e - 1) * ARGS_PER_EVENT, shared_keys + (e - 1) * keys_per_event
  documents[e] = document(KEYS[k + 1])
  prove('XLEN', KEYS[k + 2])
  prove('HLEN', KEYS[k + 3])
  if ARGV[at + PAYLOAD] ~= '' then
    prove('STRLEN', KEYS[k + 4])
  end
  if sorted_set then
    for i = 5, 11 do
      prove('ZCARD', KEYS[k + i])
    end
  end
end

local clock = call('TIME')
local now = clock[1] * 1000 + floor(clock[2] / 1000)
local recorded_at = text_of(now)
local oldest = format('%.0f', now - window)

local function whole(number)
  return format('%.0f', number)
end

local function quoted(text)
  return '"' .. string.gsub(text, '["\\]', '\\%0') .. '"'
end

-- The document of an event: the fields that it has, in the order of the envelope, then what the store assigned.
local function json(at, millis, position, number, session_number)
  local parts, n = { '{"event_id":"', ARGV[at + ID], '"' }, 3
  for i = TYPE, HASH do
    local value = ARGV[at + i]
    if value ~= '' and i ~= HASH then
      parts[n + 1], parts[n + 2], parts[n + 3] = ',"', NAMES[i], '":'
      parts[n + 4] = (i == VERSION or i == IMPORTANCE) and value or quoted(value)
      n = n + 4
    end
  end
  parts[n + 1] = ',"occurred_at_epoch_ms":' .. whole(millis) .. ',"global_position":"' .. position .. '","seq":'
    .. number .. ',"session_seq":' .. session_number .. ',"recorded_at":"' .. recorded_at
    .. '","content_hash":"' .. ARGV[at + HASH] .. '"}'
  return table.concat(parts)
end

-- The answer for an event whose id is taken; nil where its document cannot be read.
local function repeated(stored, hash)
  local readable, event = pcall(cjson.decode, stored)
  if not readable or type(event) ~= 'table' or type(event.content_hash) ~= 'string'
    or type(event.global_position) ~= 'string' or type(event.seq) ~= 'number'
    or type(event.session_seq) ~= 'number' or type(event.recorded_at) ~= 'string' then
    return nil
  end
  if event.content_hash ~= hash then
    return { 'conflict', event.content_hash }
  end
  return { 'duplicate', event.global_position, whole(event.seq), whole(event.session_seq), event.recorded_at }
end

local written = {}
local replies = {}
for e = 1, count do
  local at, k = SHARED_ARGS + (e - 1) * ARGS_PER_EVENT, shared_keys + (e - 1) * keys_per_event
  local id, session_key, expected = ARGV[at + ID], KEYS[k + 3], ARGV[at + EXPECTED]
  local stored = written[id] and document(KEYS[k + 1]) or documents[e]
  local session = call('HMGET', session_key, 'count', 'first_at', 'last_at')
  local session_seq = tonumber(session[1] or '0')
  if stored then
    replies[e] = repeated(stored, ARGV[at + HASH])
    if not replies[e] then
      return corrupt('evt: document of ' .. id .. ' is damaged')
    end
  elseif not session_seq or (session[1] and not (tonumber(session[2]) and tonumber(session[3]))) then
    return corrupt('session: summary of event ' .. id .. "'s session is damaged")
  elseif call('ZSCORE', dedup, id) then
    return corrupt('evt: document of ' .. id .. ' is missing')
  elseif expected ~= '' and tonumber(expected) ~= session_seq then
    replies[e] = { 'unexpected', whole(session_seq) }
  else
    local millis = times[e]
    if now > last_millis then
      last_millis, last_counter = now, 0
    else
      last_counter = last_counter + 1
    end
    local position = whole(last_millis) .. '-' .. whole(last_counter)
    local number, session_number = whole(seq + 1), whole(session_seq + 1)

    -- The only writes that can still fail: a stream whose last entry lies in the future. They come first.
    local tried = redis.pcall('XADD', KEYS[k + 2], position, 'event_id', id, 'session_seq', session_number)
    if type(tried) == 'table' then
      return corrupt('events: session stream of ' .. id .. ' is ahead of the ledger')
    end
    tried = redis.pcall('XADD', global, position, 'event_id', id, 'event_type', ARGV[at + TYPE],
      'occurred_at', ARGV[at + OCCURRED], 'session_id', ARGV[at + SESSION], 'agent_id', ARGV[at + AGENT],
      'trace_id', ARGV[at + TRACE], 'payload_ref', ARGV[at + REF], 'tool_name', ARGV[at + TOOL],
      'parent_event_id', ARGV[at + PARENT], 'ended_at', ARGV[at + ENDED], 'status', ARGV[at + STATUS_AT],
      'schema_version', ARGV[at + VERSION], 'importance_hint', ARGV[at + IMPORTANCE],
      'data_subject_id', ARGV[at + SUBJECT], 'content_hash', ARGV[at + HASH], 'seq', number,
      'session_seq', session_number, 'recorded_at', recorded_at)
    if type(tried) == 'table' then
      call('XDEL', KEYS[k + 2], position)
      return corrupt('events: global stream is ahead of the ledger')
    end

    call('HSET', ledger, 'seq', number, 'position', position, 'engine', engine)
    local text = json(at, millis, position, number, session_number)
    local id_bytes = uuid_bytes(id)
    local page, place = prefix .. 'ids:' .. floor(seq / IDS_PER_PAGE), seq % IDS_PER_PAGE
    if place == 0 then
      -- The page at its full size at once: it never moves and leaves no slack.
      call('SETRANGE', page, IDS_PER_PAGE * ID_BYTES - 1, '\0')
    end
    call('SETRANGE', page, place * ID_BYTES, id_bytes)
    if ARGV[at + PAYLOAD] ~= '' then
      call('SET', KEYS[k + 4], ARGV[at + PAYLOAD])
    end
    call('ZADD', dedup, now, id)
    local first_at = session[2] and math.min(tonumber(session[2]), millis) or millis
    local last_at = session[3] and math.max(tonumber(session[3]), millis) or millis
    call('HSET', session_key, 'count', session_number, 'first_at', whole(first_at), 'last_at', whole(last_at),
      'last_event', id, 'status', ARGV[at + STATUS_AT], 'agent:' .. ARGV[at + AGENT], '')
    if session_seq == 0 then
      call('HSET', session_key, 'first_seq', number)
      call('ZADD', sessions, number, ARGV[at + SESSION])
    end
    call('SADD', types, ARGV[at + TYPE])
    if sorted_set then
      call('SET', KEYS[k + 1], text)
      local score, member = whole(millis), struct.pack('>I8', seq + 1) .. id_bytes
      call('ZADD', all, score, member)
      call('ZADD', KEYS[k + 5], score, member)
      call('ZADD', KEYS[k + 6], score, member)
      call('ZADD', KEYS[k + 7], score, member)
      call('ZADD', KEYS[k + 8], score, member)
      if ARGV[at + TOOL] ~= '' then call('ZADD', KEYS[k + 9], score, member) end
      if ARGV[at + PARENT] ~= '' then call('ZADD', KEYS[k + 10], score, member) end
      if ARGV[at + STATUS_AT] ~= '' then call('ZADD', KEYS[k + 11], score, member) end
    else
      call('JSON.SET', KEYS[k + 1], '$', text)
    end
    written[id] = true
    seq = seq + 1
    replies[e] = { 'appended', position, number, session_number, recorded_at }
  end
end

-- The dedup window moves on in small steps, two for each event that may have come.
local stale = call('ZRANGE', dedup, '-inf', oldest, 'BYSCORE', 'LIMIT', '0', whole(2 * count))
if #stale > 0 then
  call('ZREM', dedup, unpack(stale))
end
return replies
