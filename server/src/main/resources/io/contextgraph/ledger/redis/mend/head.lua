#!lua
-- What the scripts of mending share; the clock of the append script, who holds the ledger, and then one operation follow.

local call, find, format, floor = redis.call, string.find, string.format, math.floor
local KEYS, ARGV = KEYS, ARGV
