-- Tries on a stream of its own whether Redis keeps what a group has not acknowledged, and lets go of what all have.
--
-- KEYS
--   1 probe:acked
-- ARGV
--   1 how XTRIM trims: = or ~   2 how many entries to try it with, 2 or more
-- Reply
--   what was wrong; empty where it works
-- Errors
--   none: what Redis refuses is the answer; the stream is gone afterwards

local probe, way, count = KEYS[1], ARGV[1], tonumber(ARGV[2])
local wrong

local function try(...)
  local reply = pcall(...)
  if type(reply) == 'table' and reply.err then
    wrong = wrong or reply.err
    return nil
  end
  return reply
end

local function id(i)
  return format('%d-1', i)
end

local function trim(keep, what)
  local taken = not wrong and try('XTRIM', probe, 'MINID', way, id(count), 'ACKED')
  if taken and keep and taken > 0 then
    wrong = format('it takes %d of %d entries that a group %s', taken, count - 1, what)
  elseif taken and not keep and (taken == 0 or way == '=' and taken ~= count - 1) then
    wrong = format('it takes %d of %d entries that %s', taken, count - 1, what)
  end
end

try('UNLINK', probe)
for _, group in ipairs({ 'ahead', 'behind' }) do
  try('XGROUP', 'CREATE', probe, group, '0', 'MKSTREAM')
end
for i = 1, count do
  try('XADD', probe, id(i), 'f', '')
end
try('XGROUP', 'SETID', probe, 'ahead', id(count))
trim(true, 'has not been given')
try('XREADGROUP', 'GROUP', 'behind', 'probe', 'COUNT', tostring(count), 'STREAMS', probe, '>')
trim(true, 'has not acknowledged')
for i = 1, count do
  try('XACK', probe, 'behind', id(i))
end
trim(false, 'all groups have acknowledged')
pcall('UNLINK', probe)
return wrong or ''
