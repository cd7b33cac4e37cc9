-- What time it is: alone in its fragment, so that tests can set it.
--
-- Adds
--   now   the clock of Redis, in milliseconds since 1970

local clock = call('TIME')
local now = clock[1] * 1000 + floor(clock[2] / 1000)
