-- What is stored of an event and of its session, and what keeps an event from being written.
--
-- Adds
--   stored_answer(e, at, k)        the answer for an event that is there; nil where it is new
--   session_of(k, name)            what is stored of a session, read once
--   hindrance(e, at, k, session)   the answer for a new event that cannot be written; nil where it can
--   ids_ahead(stream, what), go_behind(millis, counter), next_position()

-- The answer for an event whose id is taken.
local function repeated(document, hash)
  local number = string.match(document, '"seq":(%d+)')
  local session_number = string.match(document, '"session_seq":(%d+)')
  local position = string.match(document, '"global_position":"(%d+%-%d+)"')
  local stored = string.match(document, '"content_hash":"([%w_%-]+)"')
  if not (number and session_number and position and stored) then
    return { 'refused', 'CORRUPT evt: document is damaged' }
  elseif stored ~= hash then
    return { 'conflict', stored }
  end
  return { 'duplicate', position, number, session_number }
end

-- What there is under the id of an event already, as an answer; nil where there is nothing.
local function stored_answer(e, at, k)
  local document = stored_document(KEYS[k + 1])
  if type(document) == 'table' then
    return { 'refused', document.err }
  elseif document then
    return repeated(document, ARGV[at + HASH])
  end
  local wrong = refusal(persons[e] and SEALED_LOOK or 'STRLEN', KEYS[k + 4])
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
  end
end

local function next_position()
  if last_counter >= LAST_NUMBER then
    last_millis, last_counter = last_millis + 1, -1
  end
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
    session.refused, session.lost = 'CORRUPT session: summary is missing, the session has events', true
  else
    session.count = 0
  end
  return session
end

-- What keeps an event about a person from being written; nil where nothing does.
local function personal_hindrance(person)
  -- What has once been stored in plain could never be erased.
  if not person then
    return { 'personal' }
  end
  local fence = pcall('GET', person.fence)
  if type(fence) == 'table' then
    return { 'refused', fence.err }
  elseif fence and not integer(fence, 1, LAST_NUMBER) then
    return { 'refused', 'CORRUPT fence: is no generation of a key' }
  elseif fence and tonumber(fence) >= person.generation then
    return { 'fenced', fence }
  end
  local wrong = person_refusal(person)
  return wrong and { 'refused', wrong }
end

-- What keeps an event that is new from being written; nil where nothing does.
local function hindrance(e, at, k, session)
  local personal = ARGV[at + SUBJECT] ~= '' and personal_hindrance(persons[e])
  if personal then
    return personal
  end
  if session.refused then
    return { 'refused', session.refused }
  end
  local expected = ARGV[at + EXPECTED]
  if expected ~= '' and tonumber(expected) ~= session.count then
    return { 'unexpected', format('%d', session.count) }
  end
  local wrong = index_hindrance(k)
  return wrong and { 'refused', wrong }
end
