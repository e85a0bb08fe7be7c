"""What several kinds share: tags, inline policies, attachments, permissions boundaries, deletion."""
