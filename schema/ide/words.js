// Every word of the page in both languages; Vietnamese first.
export const WORDS = {
  vi: {
    page: "Thử truy vấn · Trục lưu trữ điện tử", title: "Thử truy vấn", token: "Mã truy cập", query: "Truy vấn",
    example: "Ví dụ", choose: "— chọn —", run: "Chạy", variables: "Biến (JSON)", result: "Kết quả",
    schema: "Lược đồ", trail: "Đã xem", skip: "Tới ô truy vấn", other: "English",
    keys: "Ctrl+Enter chạy · Ctrl+K tìm trong lược đồ", find: "Tìm kiểu, trường, mô tả",
    running: "Đang chạy…", badVariables: "Biến không phải JSON hợp lệ", away: "Không kết nối được máy chủ",
    none: "Không tìm thấy gì khớp.", fields: "Trường", inputs: "Trường đầu vào", values: "Giá trị",
    members: "Gồm các kiểu", implements: "Triển khai", deprecated: "sắp bỏ", types: "Các kiểu",
    home: "Bắt đầu", empty: "Chọn một ví dụ, hoặc viết truy vấn rồi bấm Chạy.", noSchema: "Không đọc được lược đồ",
    failed: "có lỗi", bytes: "byte",
  },
  en: {
    page: "Try a query · Electronic archives hub", title: "Try a query", token: "Access token", query: "Query",
    example: "Example", choose: "— choose —", run: "Run", variables: "Variables (JSON)", result: "Result",
    schema: "Schema", trail: "Seen before", skip: "To the query", other: "Tiếng Việt",
    keys: "Ctrl+Enter runs · Ctrl+K searches the schema", find: "Find types, fields, descriptions",
    running: "Running…", badVariables: "The variables are not valid JSON", away: "The server cannot be reached",
    none: "Nothing matches.", fields: "Fields", inputs: "Input fields", values: "Values",
    members: "One of", implements: "Implements", deprecated: "deprecated", types: "Types",
    home: "Start", empty: "Choose an example, or write a query and press Run.", noSchema: "The schema cannot be read",
    failed: "with errors", bytes: "bytes",
  },
};

export let language = localStorage.getItem("hub.language") === "en" ? "en" : "vi";

export const word = (name) => WORDS[language][name] ?? name;

export function switchLanguage() {
  language = language === "vi" ? "en" : "vi";
  localStorage.setItem("hub.language", language);
  dress();
}

// Put the words of the language in force on the page.
export function dress() {
  document.documentElement.lang = language;
  document.title = word("page");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-word-label]")) node.setAttribute("aria-label", word(node.dataset.wordLabel));
  const button = document.getElementById("language");
  button.textContent = word("other");
  button.lang = language === "vi" ? "en" : "vi";
  document.getElementById("search").placeholder = word("find");
}
