"""What every page and endpoint shares: parameters, errors, caching, headers, counters."""
