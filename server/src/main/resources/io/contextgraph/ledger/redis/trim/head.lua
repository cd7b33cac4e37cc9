#!lua flags=allow-oom
-- What the scripts of trimming share; the clock of the append script and then one operation follow. They free memory, so
-- they run where Redis has none left.

local call, pcall, find, format, floor = redis.call, redis.pcall, string.find, string.format, math.floor
local KEYS, ARGV = KEYS, ARGV
