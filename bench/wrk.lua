-- Sends the requests of a file one after the other: of each its length in a line, then its bytes.
local requests = {}
local next = 0

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for line in file:lines() do
    requests[#requests + 1] = file:read(tonumber(line))
  end
  file:close()
  next = math.random(#requests)
end

function request()
  next = next % #requests + 1
  return requests[next]
end
