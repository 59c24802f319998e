"""What people have said and we have accepted: kept durably before it is acknowledged, heard in the order of arrival."""
