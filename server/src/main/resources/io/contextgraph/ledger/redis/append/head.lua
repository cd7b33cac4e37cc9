-- Where the ledger stands, and that the shared keys are what they should be.
--
-- Adds
--   seq            the number of the newest event
--   last_millis, last_counter      the position that the next one goes behind
--   is_beyond(id), field(entry, name)
--   originals_before, any_stored
--   personal_before   how many sealed payloads there are, where one comes
--   went   by event, when it went, in milliseconds since 1970; false where it did not; nil where none has

-- The ledger's head, and that the shared keys are what they should be.
local head = call('HMGET', ledger, 'seq', 'position', 'engine', 'format', 'mending', 'originals', 'ledger_id', 'epoch',
  'partition', 'partitions', 'personal')
local seq, last_millis, last_counter = integer(head[1] or '0', 0, LAST_NUMBER), 0, -1
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
  if head[3] ~= ENGINE then
    return corrupt('ledger: was written by engine ' .. tostring(head[3]) .. ', not ' .. ENGINE)
  end
  if not is_uuid(head[7] or '') or not find(head[8] or '', '^[1-9]%d*$') then
    return corrupt('ledger: does not say which one it is')
  end
  if head[9] ~= partition or head[10] ~= partitions then
    return corrupt('ledger: is partition ' .. tostring(head[9]) .. ' of ' .. tostring(head[10]) .. ', not '
      .. partition .. ' of ' .. partitions)
  end
end
local head_millis, head_counter = last_millis, last_counter

-- Others have appended since the caller foresaw the pages, or it has known another ledger.
local newest_page, next_page, last_page = floor(((seq > 0 and seq or 1) - 1) / IDS_PER_PAGE),
  floor(seq / IDS_PER_PAGE), floor((seq + count - 1) / IDS_PER_PAGE)
if not pages[newest_page] or not pages[last_page] then
  return redis.error_reply('PAGE ' .. format('%d', seq))
end

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

-- The page has an id for the number of the newest event, and none for the next one.
local function is_last_of_page()
  local place = seq % IDS_PER_PAGE * ID_BYTES
  local around = call('GETRANGE', pages[next_page], place - ID_BYTES, place + ID_BYTES - 1)
  return #around == 2 * ID_BYTES and find(sub(around, 1, ID_BYTES), '[^%z]') and not find(around, '[^%z]', ID_BYTES + 1)
end

-- The number of the newest event must be that of the newest entry; where that is gone, its page must have it.
-- Where no entry is behind the head, and the page says the same, there is no need to read the entry, which costs more.
local function head_fault()
  local newest = call('XREVRANGE', global, '+', '-', 'COUNT', '1')[1]
  if newest and is_beyond(newest[1]) then
    return 'events: global stream is ahead of the ledger'
  elseif newest and newest[1] == head[2] then
    return field(newest, 'seq') ~= head[1] and 'ledger: the head is at seq ' .. head[1] .. ', its event is not'
  end
  local place = ((seq > 0 and seq or 1) - 1) % IDS_PER_PAGE * ID_BYTES
  local id = call('GETRANGE', pages[newest_page], place, place + ID_BYTES - 1)
  local is_none = not find(id, '[^%z]')
  return is_none == (seq > 0) and (seq > 0 and 'ledger: no event has seq ' .. head[1] .. ', at which the head is'
    or 'ledger: the head is missing, there are events')
end

if seq % IDS_PER_PAGE == 0 or call('XREVRANGE', global, '+', '(' .. head[2], 'COUNT', '1')[1] or not is_last_of_page() then
  local fault = head_fault()
  if fault then
    return corrupt(fault)
  end
end
call('ZCARD', sessions)
call('SCARD', types)
local originals_before
if any_original then
  originals_before = call('HLEN', originals)
  originals_before = tonumber(head[6] or originals_before) or originals_before
end
local personal_before = any_person and integer(head[11] or '0', 0, LAST_NUMBER)
if any_person and not personal_before then
  return corrupt('ledger: how many payloads are sealed is damaged')
end
prove_index()
for own = next_page, last_page do
  call('STRLEN', pages[own])
end
local any_stored = call('EXISTS', unpack(fresh)) > 0
local went
if call('ZCARD', dedup) > 0 then
  went = call('ZMSCORE', dedup, unpack(event_ids))
end
