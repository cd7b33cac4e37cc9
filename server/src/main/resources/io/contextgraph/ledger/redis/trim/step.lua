-- Takes the oldest entries out of the global stream and out of the streams of their sessions.
--
-- KEYS
--   1 events:__global__   2 ledger   3 lease:retention   4 behind
--   and then the stream of each session that an entry names
-- ARGV
--   1 owner and 2 number of the lease   3 before which time, in milliseconds since 1970   4 most entries
--   5 1 where Redis itself is to keep what a group has not acknowledged, else 0
--   6 how many groups   and then the groups that must have finished an entry
--   and then for each of the oldest entries, as the caller has read them: position, the first id behind it, seq; which is
--   empty where it is no event
-- Reply
--   how many of these entries have left the global stream   how many streams of sessions have gone
--   1 where more of these may go, else 0
--   what holds the rest: '', missing or waiting   the group   the first entry that it holds
-- Errors
--   FENCED     the lease is not the caller's, or has run out: nothing is written
--   MENDING    the ledger is being mended: nothing is written
--   CORRUPT    Redis keeps what every group has finished by what it says of them: nothing is taken
--   INVALID    an argument breaks a rule: nothing is written
--   WRONGTYPE  a shared key holds something else than this script works with: nothing is written
--
-- A group that was not asked and has not been given everything yet is remembered in behind, with what it was given last:
-- it is given the rest from the documents.
--
-- INVARIANT: the groups are asked in the script that trims, so that nobody comes between.
-- INVARIANT: with the second lock entries go one by one: XTRIM with ACKED takes what is behind an entry that it keeps, and
-- nobody would be given that hole.
-- INVARIANT: Lua has no rollback. Everything that can fail is tried before the first write.

local global, ledger, lease, behind = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local before, most, groups = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[6])
local at = groups and 6 + groups

if #KEYS < 4 or not groups or #ARGV < at or (#ARGV - at) % 3 ~= 0 or not find(before, '^%d+$') or not most then
  return redis.error_reply('INVALID arguments')
end
local refused = fenced(ledger, lease)
if refused then
  return refused
end
local trimmed = call('HGET', ledger, 'trimmed')
call('HLEN', behind)
local obstacle, stays, delivered = allowance(global, before, 7, at)
if not obstacle then
  return stays
end

local count, allowed = (#ARGV - at) / 3, 0
while allowed < count and compare(read(ARGV[at + 3 * allowed + 1]), stays) < 0 do
  allowed = allowed + 1
end
local taken, gone = math.min(allowed, most), 0

-- Redis asks every group there is: where one is not required, or released, it may not have a say.
local function isAskedOfAll()
  local required = 0
  for i = 7, at do
    required = required + (delivered[ARGV[i]] and 1 or 0)
  end
  for _ in pairs(delivered) do
    required = required - 1
  end
  return required == 0
end

-- Redis 8.2 goes on asking a group that was destroyed, until one that has been given nothing is destroyed.
local function forgetDestroyed()
  local group = '__trimming__'
  local made = pcall('XGROUP', 'CREATE', global, group, '0')
  if not made.err then
    call('XGROUP', 'DESTROY', global, group)
  end
end

local function takes(entry)
  local id, minimum = ARGV[at + 3 * entry - 2], ARGV[at + 3 * entry - 1]
  return call('XTRIM', global, 'MINID', '=', minimum, 'ACKED') > 0 or not call('XRANGE', global, id, id)[1]
end

if taken > 0 and ARGV[5] == '1' and isAskedOfAll() then
  local kept
  for entry = 1, taken do
    if not takes(entry) then
      forgetDestroyed()
      if not takes(entry) then
        kept = entry
        break
      end
    end
  end
  if kept == 1 then
    return redis.error_reply('CORRUPT XTRIM with ACKED keeps the entry ' .. ARGV[at + 1]
      .. ', which every group has finished by what XINFO and XPENDING say: nothing behind it is trimmed')
  end
  taken = kept and kept - 1 or taken
end

if taken > 0 then
  local last = read(ARGV[at + 3 * taken - 2])
  local minimum, event = ARGV[at + 3 * taken - 1]
  for i = taken, 1, -1 do
    if ARGV[at + 3 * i] ~= '' then
      event = i
      break
    end
  end
  for group, given in pairs(delivered) do
    if compare(given, last) < 0 then
      call('HSETNX', behind, group, given.id)
    end
  end
  local seq = event and tonumber(ARGV[at + 3 * event])
  if seq and seq > (tonumber(string.match(trimmed or '', '^(%d+):')) or 0) then
    call('HSET', ledger, 'trimmed', ARGV[at + 3 * event] .. ':' .. ARGV[at + 3 * event - 2])
  end
  for k = 5, #KEYS do
    -- What is no stream is none of trimming's business.
    local newest = pcall('XREVRANGE', KEYS[k], '+', '-', 'COUNT', '1')
    if not newest.err then
      if newest[1] and compare(read(newest[1][1]), last) > 0 then
        call('XTRIM', KEYS[k], 'MINID', '=', minimum)
      else
        gone = gone + call('UNLINK', KEYS[k])
      end
    end
  end
  call('XTRIM', global, 'MINID', '=', minimum)
end
return { format('%d', taken), format('%d', gone), allowed > taken and '1' or '0', unpack(obstacle) }
