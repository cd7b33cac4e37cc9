#!lua flags=allow-oom
-- Takes over what consumers of a group have left behind.
--
-- XAUTOCLAIM would forget an entry that the stream has lost, and XREADGROUP ... CLAIM would never show it: here such an
-- entry stays where it is and is told, so that it can be read from its document and acknowledged.
-- Runs where Redis has no memory left, too: trimming waits for what a group has not finished.
--
-- KEYS
--   1 events:__global__ or feed:<group>
-- ARGV
--   1 group   2 consumer that takes over   3 idle for so many milliseconds   4 most entries   5 of how many pending ones
-- Reply
--   for each entry: position, how often delivered with this time, name and value of each field; no fields where it is lost;
--   nothing where there is no such group
-- Errors
--   INVALID   an argument breaks a rule: nothing is written

local call, find = redis.call, string.find
local global = KEYS[1]
local group, consumer, idle, most, among = unpack(ARGV)

if #KEYS ~= 1 or #ARGV ~= 5 or group == '' or consumer == '' or not find(idle, '^%d+$') or not find(most, '^%d+$')
  or not find(among, '^%d+$') then
  return redis.error_reply('INVALID arguments')
end

local waiting = redis.pcall('XPENDING', global, group, 'IDLE', idle, '-', '+', among)
if waiting.err then
  return find(waiting.err, 'NOGROUP', 1, true) and {} or waiting
end
local taken = {}
for _, pending in ipairs(waiting) do
  local position, owner, deliveries = pending[1], pending[2], pending[4]
  if owner ~= consumer and #taken < tonumber(most) then
    local entry = call('XRANGE', global, position, position)[1]
    local told = { position, tostring(deliveries + 1) }
    if entry then
      call('XCLAIM', global, group, consumer, 0, position)
      for i = 1, math.min(#entry[2], 2000) do
        told[#told + 1] = entry[2][i]
      end
    end
    taken[#taken + 1] = told
  end
end
return taken
