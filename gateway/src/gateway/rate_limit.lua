-- Charges several requests, each under several policies, in one step (GCRA; see gcra.py for the arithmetic).
--
-- KEYS  one for each charge, request by request
-- ARGV  one list of numbers; for each request: how many charges it has, then interval, capacity and known debt of each
-- gives for each request: 1 or 0 (allowed or not), then the debt of each of its charges
--
-- All times are microseconds. A key holds the moment its debt is paid off. The caller's own knowledge of a debt
-- counts as well, so that a Redis that has lost its memory is told what the gateways remember.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local paid_off = {}
local stored = redis.call('MGET', unpack(KEYS))
for i, key in ipairs(KEYS) do
  paid_off[key] = tonumber(stored[i] or 0)
end

local asked = {}
for number in string.gmatch(ARGV[1], '%d+') do
  asked[#asked + 1] = tonumber(number)
end

local reply, changed = {}, {}
local key_at, asked_at = 1, 1
while asked_at <= #asked do
  local charges = asked[asked_at]
  local debts, intervals, allowed = {}, {}, 1
  for i = 1, charges do
    local key = KEYS[key_at + i - 1]
    local interval = asked[asked_at + 3 * i - 2]
    local capacity = asked[asked_at + 3 * i - 1]
    local known = asked[asked_at + 3 * i]
    local debt = math.max(paid_off[key] - now, known, 0)
    if debt > capacity then
      -- A clock that was set back, or a quota that was made smaller, must not shut anybody out.
      debt = capacity
      paid_off[key] = now + debt
      changed[key] = debt
    end
    if debt + interval > capacity then
      allowed = 0
    end
    debts[i], intervals[i] = debt, interval
  end
  reply[#reply + 1] = allowed
  for i = 1, charges do
    local key = KEYS[key_at + i - 1]
    if allowed == 1 then
      debts[i] = debts[i] + intervals[i]
      paid_off[key] = now + debts[i]
      changed[key] = debts[i]
    end
    reply[#reply + 1] = debts[i]
  end
  key_at = key_at + charges
  asked_at = asked_at + 1 + 3 * charges
end

for key, debt in pairs(changed) do
  redis.call('SET', key, string.format('%.0f', now + debt), 'PX', math.ceil(debt / 1000))
end
return reply
