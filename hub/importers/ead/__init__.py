"""EAD 2002 and EAD3 (mô tả tài liệu lưu trữ dạng XML): one finding aid in, a fonds with all below it out.

`stream` safe reading · `text` element to text · `dates` · `fields` did to columns · `parse` the tree, row by row.
Register: `parse.FORMAT`.
"""
