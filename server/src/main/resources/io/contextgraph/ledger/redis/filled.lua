#!lua
-- Lets the stream go that a group was given what it lacked in, once all of it is acknowledged.
--
-- KEYS
--   1 feed:<group>
-- ARGV
--   1 group
-- Reply
--   1 where it has gone; 0 where somebody still needs it, or it is not there
-- Errors
--   WRONGTYPE  the key holds something else: nothing is written

local call = redis.call
local feed, group = KEYS[1], ARGV[1]

if call('EXISTS', feed) == 0 then
  return 0
end
local info = call('XINFO', 'STREAM', feed)
local newest
for i = 1, #info, 2 do
  newest = info[i] == 'last-generated-id' and info[i + 1] or newest
end
for _, flat in ipairs(call('XINFO', 'GROUPS', feed)) do
  local described = {}
  for i = 1, #flat, 2 do
    described[flat[i]] = flat[i + 1]
  end
  if described.pending > 0 or described['last-delivered-id'] ~= newest then
    return 0
  end
end
return call('UNLINK', feed)
