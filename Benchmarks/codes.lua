-- What wrk sends: each code of a file registered once, by a person of its own. Environment:
--   API_KEY     of the workspace          CODES    a CSV file of codes
local codes, place = {}, 0
local key = os.getenv("API_KEY") or ""

function init()
    for line in io.lines(os.getenv("CODES")) do
        local code = line:match("^(%w+%-%w+%-%w+),")
        if code then codes[#codes + 1] = code end
    end
    wrk.method = "POST"
    wrk.path = "/api/v1/product-codes/register"
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Authorization"] = "Bearer " .. key
end

function request()
    -- All are sent: the rest of the time the first ones are asked for again.
    place = place % #codes + 1
    return wrk.format(nil, nil, nil, '{"who":"user_id:u' .. place .. '","code":"' .. codes[place] .. '"}')
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        "RESULT requests=%d seconds=%.3f rate=%.1f p50=%.3f p99=%.3f max=%.3f failed=%d refused=%d\n", summary.requests,
        summary.duration / 1e6, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
        latency:percentile(99) / 1e3, latency.max / 1e3, e.connect + e.read + e.write + e.timeout, e.status))
end
