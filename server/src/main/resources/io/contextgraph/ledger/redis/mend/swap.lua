-- Puts a stream that was made again in the place of the old one, with the groups of the old one and all that they know.
--
-- KEYS
--   1 ledger   2 the old stream   3 the new one, which there is not where it has no entry
-- ARGV
--   1 mender   2 the number of the newest event, as the ledger had it before anybody looked at what belongs into the new
--   stream; empty where it had none   3 its position   4 the first id behind what was trimmed: entries below it stand for
--   what is pending of that, and go
-- Reply
--   1
-- Errors
--   FENCED     the mender does not hold the ledger any more, or somebody has appended: the old stream is as it was
--   INVALID    an argument breaks a rule: the old stream is as it was
--
-- INVARIANT: the old stream is not written to. It goes when everything that may fail is done.

local ledger, old, new, mender, seq, head, minimum = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local PAGE = 1000
-- Behind it there is no interval that Redis would take.
local LAST_ID = '18446744073709551615-18446744073709551615'

if #KEYS ~= 3 or #ARGV ~= 4 or not find(head, '^%d+%-%d+$')
  or not find(minimum, '^%d+%-%d+$') then
  return redis.error_reply('INVALID arguments')
end
if not is_held(ledger, mender) or (call('HGET', ledger, 'seq') or '') ~= seq then
  return redis.error_reply(LOST)
end

local function map(pairs_of)
  local fields = {}
  for i = 1, #pairs_of, 2 do
    fields[pairs_of[i]] = pairs_of[i + 1]
  end
  return fields
end

-- Positions rise: what a group was given up to an id beyond the newest event ends with that event.
local function not_beyond(id)
  local millis, counter = string.match(id, '^(%d+)%-(%d+)$')
  local last_millis, last_counter = string.match(head, '^(%d+)%-(%d+)$')
  millis, counter, last_millis, last_counter = tonumber(millis), tonumber(counter), tonumber(last_millis),
    tonumber(last_counter)
  return (millis > last_millis or (millis == last_millis and counter > last_counter)) and head or id
end

if call('EXISTS', old) == 1 then
  for _, described in ipairs(call('XINFO', 'GROUPS', old)) do
    local group = map(described)
    call('XGROUP', 'CREATE', new, group.name, not_beyond(group['last-delivered-id']), 'MKSTREAM')
    for _, told in ipairs(call('XINFO', 'CONSUMERS', old, group.name)) do
      call('XGROUP', 'CREATECONSUMER', new, group.name, map(told).name)
    end
    local from, id = '-', ''
    repeat
      local pending = call('XPENDING', old, group.name, from, '+', PAGE)
      for _, one in ipairs(pending) do
        local consumer, idle, deliveries
        id, consumer, idle, deliveries = unpack(one)
        call('XCLAIM', new, group.name, consumer, 0, id, 'IDLE', idle, 'RETRYCOUNT', deliveries, 'FORCE', 'JUSTID')
        from = '(' .. id
      end
    until #pending < PAGE or id == LAST_ID
  end
end
if call('EXISTS', new) == 1 then
  call('XTRIM', new, 'MINID', '=', minimum)
  call('RENAME', new, old)
else
  call('UNLINK', old)
end
return 1
