/**
 * What Redis runs as one step. A row is a hash: `payload`, `consumed` (epoch milliseconds), and the names of the index
 * keys that point at it, so that whoever replaces or removes the row can undo them. Indexes: one sorted set per grant
 * and model (row ids by the moment they expire), one string per session uid and per user code.
 * Key names beyond KEYS[1] are computed or read; in a Redis Cluster the name of the model, in braces in all of them, puts
 * them in one slot.
 */

const UNLINK = `
local function linksOf(row)
  return redis.call('HMGET', row, 'grant', 'uid', 'code')
end
local function unlink(links, id)
  if links[1] then redis.call('ZREM', links[1], id) end
  for i = 2, 3 do
    if links[i] and redis.call('GET', links[i]) == id then redis.call('DEL', links[i]) end
  end
end
`;

/**
 * The payload is written first: a Redis that is full (`maxmemory`) refuses a script at its first write, if that takes
 * memory, and lets one go on that has written anything before.
 * KEYS: row. ARGV: id, payload, life in ms, grant key, uid key, code key ('' for none), '1' to refuse a row that is there.
 */
export const PUT = `${UNLINK}
local row, id, life = KEYS[1], ARGV[1], tonumber(ARGV[3])
if ARGV[7] == '1' and redis.call('EXISTS', row) == 1 then return 0 end
local links = linksOf(row)
redis.call('HSET', row, 'payload', ARGV[2])
unlink(links, id)
redis.call('HDEL', row, 'grant', 'uid', 'code')
redis.call('PEXPIRE', row, ARGV[3])
local grant, uid, code = ARGV[4], ARGV[5], ARGV[6]
if grant ~= '' then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', row, 'grant', grant)
  redis.call('ZREMRANGEBYSCORE', grant, '-inf', now)
  redis.call('ZADD', grant, now + life, id)
  if redis.call('PTTL', grant) < life then redis.call('PEXPIRE', grant, ARGV[3]) end
end
if uid ~= '' then
  redis.call('HSET', row, 'uid', uid)
  redis.call('SET', uid, id, 'PX', ARGV[3])
end
if code ~= '' then
  redis.call('HSET', row, 'code', code)
  redis.call('SET', code, id, 'PX', ARGV[3])
end
return 1
`;

/** KEYS: index. ARGV: the prefix of row keys. */
export const BY_INDEX = `
local id = redis.call('GET', KEYS[1])
if not id then return false end
local row = redis.call('HMGET', ARGV[1] .. id, 'payload', 'consumed')
return { id, row[1], row[2] }
`;

/** KEYS: row. ARGV: now. HSETNX alone would make a row out of nothing. */
export const CONSUME = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSETNX', KEYS[1], 'consumed', ARGV[1])
`;

/** KEYS: row. ARGV: id. */
export const REMOVE = `${UNLINK}
unlink(linksOf(KEYS[1]), ARGV[1])
return redis.call('DEL', KEYS[1])
`;

/** KEYS: grant. ARGV: the prefix of row keys. */
export const REMOVE_BY_GRANT = `${UNLINK}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  unlink(linksOf(ARGV[1] .. id), id)
  redis.call('DEL', ARGV[1] .. id)
end
return redis.call('DEL', KEYS[1])
`;
