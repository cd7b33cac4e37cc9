#!lua flags=no-writes
-- Reads on in an index by time: the members that follow a place, in order, however many share a time.
--
-- KEYS   1 a sorted set: score = occurred_at in milliseconds, member = seq (8 bytes, big-endian), id (16 bytes)
-- ARGV   1 direction, asc or desc   2 from, milliseconds, inclusive   3 to, milliseconds, exclusive
--        4 milliseconds and 5 seq of the last member already seen, both empty to begin   6 how many
-- Reply  member, score, member, score ... in ascending order, for desc too: the caller turns them round
-- Errors INVALID an argument breaks a rule; WRONGTYPE the key is no sorted set

if #KEYS ~= 1 or #ARGV ~= 6 then
  return redis.error_reply('INVALID number of keys or arguments')
end
local key, descending, count = KEYS[1], ARGV[1] == 'desc', tonumber(ARGV[6])
if not (descending or ARGV[1] == 'asc') or not count or count < 1 or count > 1000 then
  return redis.error_reply('INVALID direction or count')
end

-- Ranks are counted from the lowest score; the answer lies in [low, high).
local low = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[2])
local high = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[3])

if ARGV[4] ~= '' then
  -- Members of one time are in the order of their numbers: the place among them is found by halving.
  local seen = tonumber(ARGV[5])
  local left = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[4])
  local right = redis.call('ZCOUNT', key, '-inf', ARGV[4])
  while left < right do
    local middle = math.floor((left + right) / 2)
    local seq = struct.unpack('>I8', redis.call('ZRANGE', key, middle, middle)[1])
    if seq < seen or (seq == seen and not descending) then
      left = middle + 1
    else
      right = middle
    end
  end
  if descending then
    high = math.min(high, left)
  else
    low = math.max(low, left)
  end
end

if low >= high then
  return {}
end
if descending then
  low = math.max(low, high - count)
else
  high = math.min(high, low + count)
end
return redis.call('ZRANGE', key, low, high - 1, 'WITHSCORES')
