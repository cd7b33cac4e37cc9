-- What of the global stream may go, and what holds the rest.
--
-- Adds
--   compare(a, b)          of two ids with their parts read
--   read(id)               its parts; with a second argument, of what is right behind it
--   allowance(global, before, from, to)
--                          before: entries recorded before this many milliseconds since 1970 may go; from, to: which of
--                          ARGV are the groups that must have finished them
--     answers how the rest is held: kind ('', 'missing' or 'waiting'), group, and the first entry that is held by it;
--     then the first id that stays, with its parts, and what each group was given last

local function read(id, behind)
  local millis, counter = string.match(id, '^(%d+)%-(%d+)$')
  return { id = id, behind = behind and 1 or 0, tonumber(millis), tonumber(counter) }
end

local function compare(a, b)
  if a[1] ~= b[1] then
    return a[1] < b[1] and -1 or 1
  elseif a[2] ~= b[2] then
    return a[2] < b[2] and -1 or 1
  end
  return a.behind - b.behind
end

local function allowance(global, before, from, to)
  local stays, kind, holder = read(before .. '-0'), '', ''
  local known = pcall('XINFO', 'GROUPS', global)
  if known.err then
    if not find(known.err, 'no such key', 1, true) then
      return nil, known
    end
    known = {}
  end
  local delivered = {}
  for _, described in ipairs(known) do
    local group = {}
    for i = 1, #described, 2 do
      group[described[i]] = described[i + 1]
    end
    delivered[group.name] = read(group['last-delivered-id'], true)
  end
  for i = from, to do
    local group = ARGV[i]
    local finished = delivered[group]
    if not finished then
      kind, holder, stays = 'missing', group, read('0-0')
      break
    end
    local waiting = call('XPENDING', global, group)
    if waiting[1] > 0 then
      finished = read(waiting[2])
    end
    if compare(finished, stays) < 0 then
      kind, holder, stays = 'waiting', group, finished
    end
  end
  local held = ''
  if kind ~= '' then
    local first = call('XRANGE', global, (stays.behind == 1 and '(' or '') .. stays.id, '+', 'COUNT', '1')[1]
    if first and compare(read(first[1]), read(before .. '-0')) < 0 then
      held = first[1]
    else
      kind, holder = '', ''
    end
  end
  return { kind, holder, held }, stays, delivered
end
