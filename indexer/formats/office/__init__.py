"""Documents of office programs that are packages of XML: their parts, their lists, their sheets."""
