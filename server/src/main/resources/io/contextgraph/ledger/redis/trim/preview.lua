-- What may go of the global stream, and what holds the rest; writes nothing.
--
-- KEYS
--   1 events:__global__
-- ARGV
--   1 before which time, in milliseconds since 1970   and then the groups that must have finished an entry
-- Reply
--   what holds the rest: '', missing or waiting   the group   the first entry that it holds
--   the last entry that may go; empty where none may
-- Errors
--   WRONGTYPE  the key holds something else

local obstacle, stays = allowance(KEYS[1], ARGV[1], 2, #ARGV)
if not obstacle then
  return stays
end
local last
if stays.behind == 1 or stays.id ~= '0-0' then
  last = call('XREVRANGE', KEYS[1], (stays.behind == 1 and '' or '(') .. stays.id, '-', 'COUNT', '1')[1]
end
obstacle[4] = last and last[1] or ''
return obstacle
