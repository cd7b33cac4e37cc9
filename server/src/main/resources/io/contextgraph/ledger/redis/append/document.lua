-- How an event is stored.
--
-- Adds
--   id_bytes(id)                                           as pages and members hold it
--   json(e, at, position, number, session_number)          the document

local function id_bytes(id)
  return struct.pack('>I4I4I4I4', tonumber(sub(id, 1, 8), 16), tonumber(sub(id, 10, 13) .. sub(id, 15, 18), 16),
    tonumber(sub(id, 20, 23) .. sub(id, 25, 28), 16), tonumber(sub(id, 29, 36), 16))
end

-- The document of an event: the terms by which it is found, and what else there is to know. The id is in the key.
-- A parent is found by the last digits of its id: a term of its own for each event would cost a tenth of the memory.
-- Optional parts come as a label and a closing quote, or as nothing: one concatenation makes the whole.
local function json(e, at, position, number, session_number)
  local tool, parent, version = ARGV[at + TOOL], ARGV[at + PARENT], ARGV[at + VERSION]
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
  local version_label, version_end = ',"version:', '"'
  if version == '1' then version_label, version, version_end = '', '', '' end
  return '{"terms":["session:' .. names[ARGV[at + SESSION]] .. '","agent:' .. names[ARGV[at + AGENT]]
    .. '","trace:' .. names[ARGV[at + TRACE]] .. '","type:' .. ARGV[at + TYPE] .. '"'
    .. tool_label .. tool .. tool_end .. parent_label .. digits .. parent_end
    .. status_label .. status .. status_end .. importance_label .. importance .. importance_end
    .. version_label .. version .. version_end
    .. '],"occurred_at_epoch_ms":' .. ARGV[at + OCCURRED]
    .. (ended ~= '' and ',"ended_at_epoch_ms":' or '') .. ended .. ',"seq":' .. number
    .. ',"recorded":"' .. position .. ' ' .. session_number .. ' ' .. ARGV[at + HASH]
    .. '","payload_ref":"' .. refs[e] .. parent_field .. parent .. '"}'
end
