-- How an event is stored.
--
-- Adds
--   id_bytes(id)                                           as pages and members hold it
--   json(e, at, position, number, session_number)          the document
--   sealed_json(at, number)                                that of the sealed payload of an event about a person

local function id_bytes(id)
  return struct.pack('>I4I4I4I4', tonumber(sub(id, 1, 8), 16), tonumber(sub(id, 10, 13) .. sub(id, 15, 18), 16),
    tonumber(sub(id, 20, 23) .. sub(id, 25, 28), 16), tonumber(sub(id, 29, 36), 16))
end

-- The document of an event: each field under its own name, an absent one absent, and what is assigned here.
-- Beside the whole id of its parent stands the end of it, by which the children of an event are found: the whole id in
-- the index would cost a term for each event.
-- Optional parts come as a label and what closes it, or as nothing: one concatenation makes the whole.
local function json(e, at, position, number, session_number)
  local tool, parent, ended = ARGV[at + TOOL], ARGV[at + PARENT], ARGV[at + ENDED]
  local status, importance, subject = ARGV[at + STATUS_AT], ARGV[at + IMPORTANCE], ARGV[at + SUBJECT]
  local tool_label = ''
  if tool ~= '' then tool_label, tool = '","tool_name":"', names[tool] end
  local parent_label, tail_label, tail = '', '', ''
  if parent ~= '' then
    parent_label, tail_label, tail = '","parent_event_id":"', '","parent_id_tail":"', sub(parent, -PARENT_DIGITS)
  end
  return '{"event_id":"' .. ARGV[at + ID] .. '","event_type":"' .. ARGV[at + TYPE]
    .. '","session_id":"' .. names[ARGV[at + SESSION]] .. '","agent_id":"' .. names[ARGV[at + AGENT]]
    .. '","trace_id":"' .. names[ARGV[at + TRACE]] .. '","payload_ref":"' .. refs[e]
    .. tool_label .. tool .. parent_label .. parent .. tail_label .. tail
    .. (status ~= '' and '","status":"' or '') .. status
    .. (subject ~= '' and '","data_subject_id":"' .. subject or '')
    .. '","occurred_at_epoch_ms":' .. ARGV[at + OCCURRED]
    .. (ended ~= '' and ',"ended_at_epoch_ms":' or '') .. ended
    .. ',"schema_version":' .. ARGV[at + VERSION]
    .. (importance ~= '' and ',"importance_hint":' or '') .. importance
    .. ',"seq":' .. number .. ',"session_seq":' .. session_number
    .. ',"global_position":"' .. position .. '","content_hash":"' .. ARGV[at + HASH] .. '"}'
end

local function sealed_json(at, number)
  return '{"pseudonym":"' .. ARGV[at + SUBJECT] .. '","seq":' .. number .. ',"sealed":' .. ARGV[at + PAYLOAD] .. '}'
end
