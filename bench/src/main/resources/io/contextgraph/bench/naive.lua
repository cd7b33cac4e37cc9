#!lua
-- The plainest way to keep events in Redis: no rule is checked but the id's novelty, and Redis assigns the position.
--
-- KEYS for each event   events:<session_id>   evt:<event_id>
-- KEYS, shared          events:__global__   dedup:events (before the others)
-- ARGV for each event   number of fields and values, then these, then the document, then milliseconds for dedup:events
--                       (the fields begin with event_id event_type occurred_at session_id agent_id trace_id)
-- Reply                 for each event its position, or false where the id is not new
--
-- A session's stream takes what one wants to see of it at a glance: id, type, time, agent and trace.

local replies, at, key, event = {}, 1, 3, 1
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  local fields = {}
  for i = 1, count do
    fields[i] = ARGV[at + i]
  end
  local id, document, now = fields[2], ARGV[at + count + 1], ARGV[at + count + 2]
  if redis.call('ZSCORE', KEYS[2], id) then
    replies[event] = false
  else
    local position = redis.call('XADD', KEYS[1], '*', unpack(fields))
    redis.call('XADD', KEYS[key], position, fields[1], id, fields[3], fields[4], fields[5], fields[6],
      fields[9], fields[10], fields[11], fields[12])
    redis.call('JSON.SET', KEYS[key + 1], '$', document)
    redis.call('ZADD', KEYS[2], now, id)
    replies[event] = position
  end
  at, key, event = at + count + 3, key + 2, event + 1
end
return replies
