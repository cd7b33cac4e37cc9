#!lua flags=allow-oom
-- Puts events that have no entry in the global stream any more into the stream of a group that was not given them.
-- Runs where Redis has no memory left, too: trimming waits for the group. What it adds is as much as the group takes
-- at once.
--
-- KEYS
--   1 feed:<group>   2 behind   3 events:__global__   4 ledger
-- ARGV
--   1 group   2 the position that the first of these events follows; empty to add none
--   and then for each event, in order and with none left out: position, event_id, seq
--   or, where no event is left behind that position up to the last that was trimmed, the position of that one alone
-- Reply
--   the position that the next event to add follows; empty where there is nothing to add any more
-- Errors
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a key holds something else than is written here: nothing is written
--   CORRUPT    a position is none, or how far the streams were trimmed is not known: nothing is written
--
-- Whoever reads may fill: what is there already is not added again. Once everything that was trimmed is there, the group
-- goes on in the global stream behind it; behind names it until it has acknowledged that (filled.lua), so that a stream that
-- is lost is filled again.
--
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local call, pcall, find = redis.call, redis.pcall, string.find
local feed, behind, global, ledger = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, follows = ARGV[1], ARGV[2]

local function read(id)
  local millis, counter = string.match(id, '^(%d+)%-(%d+)$')
  return { id = id, tonumber(millis), tonumber(counter) }
end

local function is_before(a, b)
  return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2])
end

-- What a list of names and values says.
local function said(flat)
  local by_name = {}
  for i = 1, #flat, 2 do
    by_name[flat[i]] = flat[i + 1]
  end
  return by_name
end

if #KEYS ~= 4 or #ARGV < 2 or (#ARGV ~= 3 and (#ARGV - 2) % 3 ~= 0) or group == '' then
  return redis.error_reply('INVALID arguments')
end
for i = 3, #ARGV, 3 do
  if not find(ARGV[i], '^%d+%-%d+$') or (#ARGV > 3 and not find(ARGV[i + 2], '^%d+$')) then
    return redis.error_reply('INVALID event')
  end
end
local given = call('HGET', behind, group)
if not given then
  return ''
end
local place = read(given)
local trimmed = read(string.match(call('HGET', ledger, 'trimmed') or '', '^%d+:(.*)$') or '')
if not place[1] then
  return redis.error_reply('CORRUPT behind: ' .. given .. ' is no position: contextgraph ledger mend')
elseif not trimmed[1] then
  -- Whoever took this for a ledger that was never trimmed would let the group miss events.
  return redis.error_reply('CORRUPT ledger: how far the streams were trimmed is not known: contextgraph ledger mend')
end
local info = pcall('XINFO', 'STREAM', feed)
if not info.err then
  local newest = read(said(info)['last-generated-id'])
  place = is_before(place, newest) and newest or place
elseif not find(info.err, 'no such key', 1, true) then
  return info
end
local groups = pcall('XINFO', 'GROUPS', global)
local delivered
for _, flat in ipairs(groups.err and {} or groups) do
  local described = said(flat)
  if described.name == group then
    delivered = read(described['last-delivered-id'])
  end
end
if not delivered then
  -- Somebody has taken the group away: it begins anew.
  return place.id
end

if #ARGV == 3 and ARGV[3] == trimmed.id and not is_before(place, read(follows)) then
  -- What was trimmed last is gone: there is nothing that the group could be given up to there.
  call('HSET', behind, group, trimmed.id)
  place = is_before(place, trimmed) and trimmed or place
elseif follows ~= '' and not is_before(place, read(follows)) then
  if #ARGV > 2 then
    pcall('XGROUP', 'CREATE', feed, group, '0', 'MKSTREAM')
    local waiting = call('XPENDING', feed, group)
    local done = waiting[1] > 0 and waiting[2]
    if not done then
      done = said(call('XINFO', 'GROUPS', feed)[1])['last-delivered-id']
    end
    call('XTRIM', feed, 'MINID', '=', done)
  end
  for i = 3, #ARGV - 2, 3 do
    local position = read(ARGV[i])
    if is_before(place, position) and not is_before(trimmed, position) then
      call('XADD', feed, position.id, 'event_id', ARGV[i + 1], 'seq', ARGV[i + 2])
      place = position
    end
  end
end
if is_before(place, trimmed) then
  return place.id
end
if is_before(delivered, trimmed) then
  call('XGROUP', 'SETID', global, group, trimmed.id)
end
if call('EXISTS', feed) == 0 then
  call('HDEL', behind, group)
end
return ''
