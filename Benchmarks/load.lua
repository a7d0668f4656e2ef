-- What wrk sends: track calls as a browser or an SDK sends them, each with a messageId of its own. Environment:
--   WRITE_KEY   of the workspace          RUN      a word that no other run used, part of every messageId
--   BATCH       calls a request (1: POST /v1/track)   PERSONS  how many people the calls are spread over
local started = 0

function setup(thread)
    thread:set("thread", started)
    started = started + 1
end

local batch = tonumber(os.getenv("BATCH") or "1")
local persons = tonumber(os.getenv("PERSONS") or "50000")
local run = os.getenv("RUN") or tostring(os.time())
local key = os.getenv("WRITE_KEY") or ""
local names = { "Product Viewed", "Product Searched", "Product Added", "Cart Viewed", "Checkout Started", "Order Completed" }
local parts, slots, number = {}, {}, 0

-- The text of a request as a list in which only the ids, people, names and prices change.
function init()
    math.randomseed(thread + 1)
    local function add(text) parts[#parts + 1] = text end
    local function slot() add("") return #parts end
    add(batch == 1 and "{" or '{"batch":[')
    for i = 1, batch do
        if batch > 1 then add(i == 1 and "{" or ",{") end
        add('"type":"track","messageId":"' .. run .. "-" .. thread .. "-")
        local id = slot()
        add('","userId":"u')
        local user = slot()
        add('","event":"')
        local event = slot()
        add('","timestamp":"' .. os.date("!%Y-%m-%dT%H:%M:%S") .. '.313Z","properties":{"url":"https://shop.example.com/p/')
        local url = slot()
        add('","category":"cat-03","price":')
        local price = slot()
        add('},"context":{"channel":"social","platform":"web","country":"CN","library":{"name":"kit","version":"1.0.0"}}')
        if batch > 1 then add("}") end
        slots[i] = { id, user, event, url, price }
    end
    add((batch == 1 and "" or "]") .. ',"writeKey":"' .. key .. '"}')
    wrk.method = "POST"
    wrk.path = batch == 1 and "/v1/track" or "/v1/batch"
    wrk.headers["Content-Type"] = "application/json"
end

function request()
    for i = 1, batch do
        local s = slots[i]
        number = number + 1
        parts[s[1]] = number
        parts[s[2]] = math.random(persons)
        parts[s[3]] = names[math.random(#names)]
        parts[s[4]] = math.random(1000)
        parts[s[5]] = math.random(9900) / 100
    end
    return wrk.format(nil, nil, nil, table.concat(parts))
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        "RESULT requests=%d seconds=%.3f rate=%.1f p50=%.3f p99=%.3f max=%.3f failed=%d refused=%d\n", summary.requests,
        summary.duration / 1e6, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3, latency.max / 1e3, e.connect + e.read + e.write + e.timeout, e.status))
end
