"""Every text an importer can say, in Vietnamese and English: what is wrong, and what to do.

One catalogue, so that a translator reads one file and a test can check that each text has both languages.
"""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: dict[str, tuple[str, str]] = {
    # whole input
    "FILE_MISSING": (
        "Không có tệp hoặc thư mục «{path}». Hãy kiểm tra đường dẫn.",
        'There is no file or folder "{path}". Check the path.',
    ),
    "FOLDER_EMPTY": (
        "Thư mục «{path}» không có tệp nào nhập được (XML, CSV, XLSX, XLS, ODS).",
        'The folder "{path}" holds no file that can be imported (XML, CSV, XLSX, XLS, ODS).',
    ),
    "FILE_EMPTY": ("Tệp rỗng, không có gì để nhập.", "The file is empty: there is nothing to import."),
    "UNKNOWN_FORMAT": (
        "Không nhận ra định dạng «{format}». Các định dạng: {known}.",
        'The format "{format}" is not known. Known formats: {known}.',
    ),
    "UNKNOWN_AGENCY": (
        "Không có cơ quan mang mã «{code}». Hãy xem danh sách cơ quan.",
        'No agency has the code "{code}". Look at the list of agencies.',
    ),
    "BAD_MAPPING": (
        "Không đọc được tệp ánh xạ cột ({reason}). Cần JSON dạng {{\"columns\": {{\"tên cột\": \"tên trường\"}}}}.",
        'The mapping file cannot be read ({reason}). It must be JSON: {{"columns": {{"header": "field"}}}}.',
    ),
    # XML
    "NOT_WELL_FORMED": (
        "XML không đúng cú pháp: {reason}. Hãy mở tệp ở dòng này để sửa, hoặc xuất lại.",
        "The XML is not well-formed: {reason}. Mend the file at this line, or export it again.",
    ),
    "HTML_PAGE": (
        "Đây là trang web («{title}») mang tên tệp khác, không phải EAD hay bảng tính. Hãy tải lại đúng tệp, "
        "hoặc mở bằng Excel rồi lưu thành .xlsx.",
        'This is a web page ("{title}") under another name, neither EAD nor a spreadsheet. Download the true file, or '
        "open it in Excel and save it as .xlsx.",
    ),
    "NOT_EAD": (
        "Phần tử gốc là «{root}», không phải <ead>. Chỉ nhập được EAD 2002 và EAD3.",
        'The root element is "{root}", not <ead>. Only EAD 2002 and EAD3 can be imported.',
    ),
    "NO_ARCHDESC": (
        "EAD không có phần mô tả <archdesc>.",
        "The EAD has no description (<archdesc>).",
    ),
    "TOO_DEEP": (
        "Cấp lồng nhau sâu quá {limit} tầng. Hãy kiểm tra tệp có bị lặp cấu trúc không.",
        "Components are nested deeper than {limit} levels. Check the file for a loop in its structure.",
    ),
    "UNKNOWN_ATTRIBUTE": (
        "Thuộc tính «{name}» không có trong EAD; giữ lại dưới dạng văn bản.",
        'The attribute "{name}" is not part of EAD; it is kept as text.',
    ),
    "UNKNOWN_NAMESPACE": (
        "Không gian tên «{name}» không phải của EAD; vẫn đọc theo tên phần tử.",
        'The namespace "{name}" is not one of EAD; elements are read by their names.',
    ),
    "NO_EADID": (
        "EAD không có eadid/recordid; dùng «{key}» làm khóa nhận dạng.",
        'The EAD has no eadid/recordid; "{key}" identifies it instead.',
    ),
    "NO_TITLE": ("Không có tiêu đề; dùng «{title}».", 'There is no title; "{title}" stands in for it.'),
    "UNITID_TWICE": (
        "Mã unitid «{code}» đã dùng ở dòng {first}; đơn vị này nhận mã tạm.",
        'The unitid "{code}" was used in line {first} already; this component gets a provisional code.',
    ),
    "ID_TWICE": (
        "Thuộc tính id «{code}» đã dùng ở dòng {first}; đơn vị này được nhận biết theo vị trí trong cây.",
        'The id "{code}" was used in line {first} already; this component is known by its place in the tree.',
    ),
    # sheets
    "NOT_A_SHEET": (
        "Không mở được bảng tính: {reason}. Hãy lưu lại dưới dạng XLSX hoặc CSV (UTF-8).",
        "The spreadsheet cannot be opened: {reason}. Save it again as XLSX or CSV (UTF-8).",
    ),
    "WRONG_ENCODING": (
        "Bảng mã không đúng: byte 0x{byte} không phải {encoding}. Hãy lưu lại dưới dạng CSV UTF-8.",
        "The encoding is wrong: byte 0x{byte} is not {encoding}. Save the sheet as CSV UTF-8.",
    ),
    "BROKEN_CSV": (
        "CSV không đúng cú pháp: {reason}. Hãy kiểm tra dấu ngoặc kép ở dòng này.",
        "The CSV is broken: {reason}. Check the quotation marks of this line.",
    ),
    "TOO_MANY_ROWS": (
        "Bảng có quá {limit} dòng hoặc quá lớn khi giải nén. Hãy chia nhỏ, hoặc lưu thành CSV (không giới hạn).",
        "The workbook has more than {limit} rows or unpacks too large. Split it, or save it as CSV (no limit).",
    ),
    "NO_HEADER": (
        "Không tìm thấy dòng tiêu đề cột của mục lục hồ sơ hay mục lục văn bản. Các cột đọc được: {columns}. "
        "Hãy dùng biểu mẫu hoặc tệp ánh xạ (--map).",
        "No header row of a list of files or items was found. Columns seen: {columns}. "
        "Use the form, or a mapping file (--map).",
    ),
    "DUPLICATE_HEADER": (
        "Cột «{header}» xuất hiện hai lần (cột {first} và {second}). Hãy xóa hoặc đổi tên một cột.",
        'The column "{header}" stands twice (columns {first} and {second}). Remove or rename one.',
    ),
    "MISSING_COLUMN": (
        "Thiếu cột bắt buộc: {columns}. Các cột đọc được: {seen}.",
        "Required columns are missing: {columns}. Columns seen: {seen}.",
    ),
    "UNKNOWN_FIELD": (
        "Tệp ánh xạ nêu trường «{field}» không tồn tại. Các trường: {known}.",
        'The mapping names a field "{field}" that does not exist. Fields: {known}.',
    ),
    "UNKNOWN_COLUMN": (
        "Cột «{header}» không có trường tương ứng; nội dung được giữ dưới dạng văn bản.",
        'The column "{header}" has no field of its own; its contents are kept as text.',
    ),
    "FONDS_ASSUMED": (
        "Bảng không nêu phông; đưa vào phông «{code}». Nếu không phải, ghi «Phông số: …» trên bảng hoặc dùng --map.",
        'The sheet names no fonds; the records go to "{code}". If that is wrong, write "Phông số: …" above the '
        "table, or use --map.",
    ),
    "AGENCY_ENDED": (
        "Cơ quan «{code}» đã kết thúc hoạt động từ ngày {day}. Hãy nhập cho cơ quan kế thừa.",
        'The agency "{code}" ended on {day_en}. Import for its successor.',
    ),
    "BESIDE_THE_TABLE": (
        "Ô «{value}» nằm ngoài các cột có tên; giữ dưới dạng văn bản. Nếu do dấu phẩy trong nội dung, hãy đặt nội dung "
        "trong ngoặc kép.",
        'The cell "{value}" stands beside the named columns and is kept as text. If a comma inside a text caused it, '
        "put the text in quotation marks.",
    ),
    "NOTHING_TO_IMPORT": ("Bảng không có dòng dữ liệu nào.", "The sheet has no row of data."),
    "SHEET_LEFT_OUT": (
        "Trang tính «{sheet}» không phải mục lục nên không nhập: {reason}",
        'The worksheet "{sheet}" is no list and was left out: {reason_en}',
    ),
    "SHEET_HIDDEN": (
        "Trang tính «{sheet}» đang ẩn nên không nhập. Nếu cần, hãy bỏ ẩn rồi nhập lại.",
        'The worksheet "{sheet}" is hidden and was left out. Unhide it and import again if it is meant.',
    ),
    "LEGACY_FONT": (
        "Cột «{header}» gõ bằng phông chữ {font}; đã chuyển sang Unicode.",
        'The column "{header}" was typed in a {font} font; it was converted to Unicode.',
    ),
    # rows
    "REQUIRED": ("Thiếu {what}.", "{what_en} is missing."),
    "INVALID_DATE": (
        "«{value}» không phải ngày có thật. Viết dạng 31/12/2020, 12/2020 hoặc 2020.",
        '"{value}" is not a date that exists. Write 31/12/2020, 12/2020 or 2020.',
    ),
    "UNCLEAR_DATE": (
        "Không hiểu thời gian «{value}»; giữ nguyên văn, ngày để trống.",
        'The date "{value}" is not understood; the text is kept and the day left open.',
    ),
    "SHORT_YEAR": (
        "Năm hai chữ số trong «{value}» được hiểu là {year}.",
        'The two-digit year in "{value}" was read as {year}.',
    ),
    "END_BEFORE_START": (
        "Thời gian kết thúc ({end}) trước thời gian bắt đầu ({start}).",
        "The end ({end}) is before the start ({start}).",
    ),
    "NOT_A_NUMBER": (
        "«{value}» không phải số nguyên không âm. Chỉ ghi chữ số.",
        '"{value}" is not a whole number. Write digits only.',
    ),
    "AMBIGUOUS_RETENTION": (
        "Thời hạn «{value}» không rõ là số năm hay mã; ghi «{value} năm» hoặc «0{value}». Tạm để chưa xác định.",
        'Retention "{value}" may be years or a code; write "{value} năm" or "0{value}". Left unknown.',
    ),
    "UNCLEAR_RETENTION": (
        "Không hiểu thời hạn bảo quản «{value}»; giữ nguyên văn, để chưa xác định.",
        'The retention "{value}" is not understood; the text is kept and retention left unknown.',
    ),
    "UNCLEAR_ACCESS": (
        "Không hiểu chế độ sử dụng «{value}»; giữ nguyên văn và coi là hạn chế.",
        'The access mode "{value}" is not understood; the text is kept and access stays restricted.',
    ),
    "UNCLEAR_ORIGIN": (
        "Không hiểu mức độ tin cậy «{value}»; giữ nguyên văn.",
        'The origin "{value}" is not understood; the text is kept.',
    ),
    "SECRET_CONTENT": (
        "Tài liệu mật (chế độ 03) không được đưa nội dung vào hệ thống nối mạng; chỉ giữ mã và số lượng.",
        "Secret records (mode 03) may not be described in a networked system; only a code and counts are kept.",
    ),
    "CODE_TWICE": (
        "{what} «{code}» đã dùng ở dòng {first} của tệp này.",
        '{what_en} "{code}" is used in row {first} of this file already.',
    ),
    "CODE_TAKEN": (
        "Mã «{code}» đang thuộc một hồ sơ hoặc văn bản khác của cơ quan.",
        'The code "{code}" belongs to another record of the agency.',
    ),
    "DUPLICATE_DOCUMENT": (
        "Văn bản trùng số, ký hiệu, cơ quan ban hành với dòng {first}.",
        "The document has the number, notation and issuer of row {first}.",
    ),
    "POSSIBLE_DUPLICATE": (
        "Đã có văn bản ({code}) cùng số, ký hiệu và cơ quan ban hành, hoặc cùng số ở cùng chỗ trong hồ sơ. "
        "Hãy kiểm tra.",
        "There is a document ({code}) of the same number, notation and issuer, or of that number in the same place. "
        "Please check.",
    ),
    "TWIN_REFUSED": (
        "Văn bản này cũng có ở một dòng đã bị từ chối, nên chưa đưa vào hồ sơ được.",
        "The document stands in a row that was refused, too; it cannot be listed before that row is mended.",
    ),
    "IN_THE_FUTURE": (
        "Ngày {value} chưa tới. Hãy kiểm tra năm.",
        "The day {value} has not come yet. Check the year.",
    ),
    "BEFORE_ISSUED": (
        "Ngày đến {value} trước ngày ban hành {issued}. Hãy sửa một trong hai.",
        "The document arrives on {value}, before it is issued on {issued}. Correct one of the days.",
    ),
    "ITEM_WITHOUT_FILE": (
        "Không có hồ sơ «{file}» cho văn bản này, hoặc có nhiều hồ sơ cùng số. Hãy nhập mục lục hồ sơ trước, hoặc sửa "
        "mã hồ sơ, mục lục số.",
        'There is no file "{file}" for this item, or more than one of that number. Import the list of files first, or '
        "mend the file code or its mục lục số.",
    ),
    "NO_NUMBER": (
        "Không có số, ký hiệu hồ sơ; cấp mã tạm theo tiêu đề.",
        "There is no file number; a provisional code is made from the title.",
    ),
    "TOO_LONG": (
        "Nội dung dài {size} ký tự, quá giới hạn {limit}.",
        "The text has {size} characters, more than the limit of {limit}.",
    ),
    "CONTROL_CHARACTER": (
        "Có ký tự điều khiển U+{char}; đã bỏ.",
        "There is a control character U+{char}; it was removed.",
    ),
    "UNKNOWN_DOC_TYPE": (
        "Tên loại «{value}» không có trong danh mục; giữ nguyên văn.",
        'The document type "{value}" is not in the code list; the text is kept.',
    ),
    "PARENT_REFUSED": (
        "Cấp trên của đơn vị này (phông, nhóm) bị từ chối, nên chưa có chỗ đặt.",
        "What this record stands under (fonds, series) is refused, so it has no place.",
    ),
    "WRONG_STATE": (
        "Hồ sơ đang được giao nộp hoặc đã kết thúc; hãy mở lại trước khi nhập.",
        "The file is being handed over or is closed; reopen it before importing.",
    ),
    "RECORD_PUBLISHED": (
        "Tài liệu đã công bố; không đổi chế độ sử dụng bằng nhập dữ liệu. Hãy gỡ công bố trước.",
        "The record is published; an import does not change its access mode. Withdraw it first.",
    ),
    "FONDS_CLOSED": (
        "Phông đã đóng; chỉ bổ sung được hồ sơ bắt đầu trước ngày đóng.",
        "The fonds is closed; only files that began before its closing may be added.",
    ),
    "SECRET_RECORD": (
        "Bản ghi này thuộc chế độ 03 nên không nhập nội dung vào được. Hãy giải mật trước, có người thứ hai xác nhận.",
        "This record is of mode 03, so nothing is said of it by an import. Declassify it first, confirmed by a second "
        "person.",
    ),
    "SECRET_FILE": (
        "Hồ sơ chế độ 03 chỉ chứa văn bản chế độ 03.",
        "A file of mode 03 holds documents of mode 03 only.",
    ),
    "NOT_PERMITTED": (
        "Bạn không có quyền sửa bản ghi này. Hãy liên hệ người quản trị của cơ quan.",
        "You may not change this record. Ask the administrator of the agency.",
    ),
    "CHANGED_MEANWHILE": (
        "Trong lúc nhập, phông hoặc hồ sơ mà tệp này nói tới đã bị xóa; chưa lưu gì. Hãy nhập lại.",
        "While this was imported, a fonds or file that it names was removed; nothing is stored. Import it again.",
    ),
    "RULE_BROKEN": (
        "Dữ liệu vi phạm ràng buộc «{rule}» của cơ sở dữ liệu: {reason}.",
        'The data breaks the rule "{rule}" of the database: {reason}.',
    ),
}  # fmt: skip


def text_of(code: str, facts: Mapping[str, object]) -> tuple[str, str]:
    """The text of a message in Vietnamese and English with its facts filled in."""
    vi, en = MESSAGES[code]
    shown = {name: _shown(value) for name, value in facts.items()}
    return vi.format_map(shown), en.format_map(shown)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else text[:197] + "..."
