"""Records (tài liệu lưu trữ): fonds (phông), series (nhóm), files (hồ sơ), items (văn bản), code lists.

`models` tables · `rules` the law of records, pure · `queries` reads · `commands` writes · `bulk` COPY.
May import access, agencies, audit, policies and the ground floor.
"""
