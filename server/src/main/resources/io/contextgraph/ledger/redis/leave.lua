#!lua flags=allow-oom
-- Removes consumers of a group that hold nothing: Redis would keep their names for ever. One that holds an entry stays,
-- as the entry would no longer be pending without it. One that is removed and reads again is simply there again.
-- Runs where Redis has no memory left, too: it frees some.
--
-- KEYS
--   1 events:__global__
-- ARGV
--   1 group   2 consumer   3 'itself' to remove that one, 'others' to remove all others   4 unseen for so many milliseconds
-- Reply
--   how many were removed; 0 where there is no such group
-- Errors
--   INVALID   an argument breaks a rule: nothing is written

local call = redis.call
local global = KEYS[1]
local group, consumer, whom, unseen = unpack(ARGV)

if #KEYS ~= 1 or #ARGV ~= 4 or group == '' or consumer == '' or (whom ~= 'itself' and whom ~= 'others')
  or not string.find(unseen, '^%d+$') then
  return redis.error_reply('INVALID arguments')
end

local consumers = redis.pcall('XINFO', 'CONSUMERS', global, group)
if consumers.err then
  local gone = string.find(consumers.err, 'NOGROUP', 1, true) or string.find(consumers.err, 'no such key', 1, true)
  return gone and 0 or consumers
end
local removed = 0
for _, flat in ipairs(consumers) do
  local info = {}
  for i = 1, #flat, 2 do
    info[flat[i]] = flat[i + 1]
  end
  if (info.name == consumer) == (whom == 'itself') and info.pending == 0 and info.idle >= tonumber(unseen) then
    call('XGROUP', 'DELCONSUMER', global, group, info.name)
    removed = removed + 1
  end
end
return removed
