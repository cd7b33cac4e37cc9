#!lua flags=allow-oom
-- Forgets a parked entry that has been processed after all.
-- Runs where Redis has no memory left, too: it frees some.
--
-- KEYS
--   1 events:__global__:dlq   2 events:__global__:dlq:groups
-- ARGV
--   1 id of the parked entry
-- Reply
--   1 where this call removed it; 0 where it was not there
-- Errors
--   WRONGTYPE  a key holds something else than is written here: nothing is written

local call = redis.call
local dlq, groups, id = KEYS[1], KEYS[2], ARGV[1]

call('HLEN', groups)
local entry = call('XRANGE', dlq, id, id)[1]
if not entry then
  return 0
end
for i = 1, #entry[2], 2 do
  if entry[2][i] == 'group' then
    call('HINCRBY', groups, entry[2][i + 1], -1)
    break
  end
end
call('XDEL', dlq, id)
return 1
