"""Files of what was agreed and delivered: contracts, price lines, shipments, each with its own reader."""
