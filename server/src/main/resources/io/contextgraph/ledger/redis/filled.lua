#!lua flags=allow-oom
-- Lets the stream go that a group was given what it lacked in, once all of that is acknowledged.
-- Runs where Redis has no memory left, too: it frees some.
--
-- KEYS
--   1 feed:<group>   2 behind   3 ledger
-- ARGV
--   1 group
-- Reply
--   1 where it has gone; 0 where somebody still needs it, where more is to come, or where it is not there
-- Errors
--   WRONGTYPE  a key holds something else: nothing is written
--   CORRUPT    how far the streams were trimmed is not known: nothing is written

local call = redis.call
local feed, behind, ledger, group = KEYS[1], KEYS[2], KEYS[3], ARGV[1]

local function read(id)
  local millis, counter = string.match(id, '^(%d+)%-(%d+)$')
  return tonumber(millis), tonumber(counter)
end

call('HLEN', behind)
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
local trimmed = string.match(call('HGET', ledger, 'trimmed') or '', '^%d+:(%d+%-%d+)$')
if not trimmed then
  return redis.error_reply('CORRUPT ledger: how far the streams were trimmed is not known: contextgraph ledger mend')
end
-- What it was given ends with the last that was trimmed, or nothing is left up to there.
if newest ~= trimmed and call('HGET', behind, group) ~= trimmed then
  local millis, counter = read(newest)
  local last_millis, last_counter = read(trimmed)
  if millis < last_millis or (millis == last_millis and counter < last_counter) then
    return 0
  end
end
call('HDEL', behind, group)
return call('UNLINK', feed)
