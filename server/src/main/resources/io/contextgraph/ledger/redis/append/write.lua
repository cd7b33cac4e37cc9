-- Writes: each event to both streams at once, then what the events of the call share.

local first_seq = seq
local id_run, written, touched, new_types, replies, kept = {}, {}, {}, {}, {}, {}
local position, held
local personal = 0

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
  local at, k = SHARED_ARGS + (e - 1) * ARGS_PER_EVENT, SHARED_KEYS + (e - 1) * KEYS_PER_EVENT
  local id, hash, before = ARGV[at + ID], ARGV[at + HASH], written[ARGV[at + ID]]
  local reply
  if before then
    reply = before.hash == hash and { 'duplicate', before[2], before[3], before[4] } or { 'conflict', before.hash }
  elseif any_stored then
    reply = stored_answer(e, at, k)
  end
  if not reply and went and went[e] then
    reply = { 'gone', went[e] }
  end
  -- Its entry may be made again, and this event be sent again: what is behind it must not come before it.
  reply = reply or held and { 'held' }
  local session = not reply and session_of(k, ARGV[at + SESSION])
  reply = reply or hindrance(e, at, k, session)
  held = held or session and session.lost and reply[1] == 'refused'
  local number, session_number
  if not reply then
    number, session_number = format('%d', seq + 1), format('%d', session.count + 1)
    local added, wrong = add(at, KEYS[k + 2], number, session_number)
    position = added or position
    reply = wrong and { 'refused', wrong }
  end
  if not reply then
    local agent, status = ARGV[at + AGENT], ARGV[at + STATUS_AT]
    local person, millis, bytes = persons[e], times[e], id_bytes(id)
    if person then
      keep_document(KEYS[k + 4], sealed_json(at, number))
      index_person(person, seq + 1, bytes)
      personal = personal + 1
    elseif ARGV[at + PAYLOAD] ~= '' then
      call('SET', KEYS[k + 4], ARGV[at + PAYLOAD])
    end
    if ARGV[at + ORIGINAL] ~= '' then
      kept[#kept + 1], kept[#kept + 2] = id, ARGV[at + ORIGINAL]
    end

    id_run[#id_run + 1] = bytes
    keep_document(KEYS[k + 1], json(e, at, position, number, session_number))
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
    index_event(at, k, seq + 1, bytes)
    seq = seq + 1
    reply = { 'appended', position, number, session_number, hash = hash }
    written[id] = reply
  end
  replies[e] = reply
end

if place and held then
  call('SET', round, '', 'PX', ROUND_MILLIS)
end
if #id_run > 0 then
  call('HSET', ledger, 'seq', format('%d', seq), 'position', position,
    'engine', ENGINE, 'format', FORMAT)
  if not head[1] then
    call('HSET', ledger, 'ledger_id', ledger_id, 'epoch', '1', 'partition', partition, 'partitions', partitions,
      'first_seq', '1')
  end
  local from = 1
  while from <= #id_run do
    local place = (first_seq + from - 1) % IDS_PER_PAGE
    local to = math.min(#id_run, from + IDS_PER_PAGE - place - 1)
    local ids = pages[floor((first_seq + from - 1) / IDS_PER_PAGE)]
    if place == 0 then
      -- The page at its full size at once: it never moves and leaves no slack.
      call('SETRANGE', ids, IDS_PER_PAGE * ID_BYTES - 1, '\0')
    end
    call('SETRANGE', ids, place * ID_BYTES, table.concat(id_run, '', from, to))
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
  if personal > 0 then
    call('HSET', ledger, 'personal', format('%d', personal_before + personal))
  end
  write_index()
end
return replies
