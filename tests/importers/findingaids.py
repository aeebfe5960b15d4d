"""Small finding aids of our own that speak every dialect: two versions, with namespace, with DTD, with neither."""

# ruff: noqa: E501 (documents)

from __future__ import annotations

EAD_2002 = """<?xml version="1.0" encoding="UTF-8"?>
<ead xmlns="urn:isbn:1-931666-22-9" xmlns:xlink="http://www.w3.org/1999/xlink">
<eadheader langencoding="iso639-2b"><eadid countrycode="VN">vn-hn-001</eadid>
 <filedesc><titlestmt><titleproper>Phông Ủy ban <num>01</num></titleproper><author>Phòng Lưu trữ</author></titlestmt></filedesc>
 <revisiondesc><change><date>2020</date><item>Sửa lỗi</item></change></revisiondesc></eadheader>
<frontmatter><titlepage><p>Trang đầu</p></titlepage></frontmatter>
<archdesc level="fonds" relatedencoding="ISAD(G)">
 <did><head>Tóm tắt</head><unittitle>Phông Ủy ban nhân dân</unittitle><unitid type="local">P.01</unitid>
  <unitid type="aspace_uri">/repositories/5/1</unitid>
  <unitdate normal="1954/1986" type="inclusive">1954-1986</unitdate>
  <physdesc><extent>97 boxes</extent><physfacet>giấy</physfacet></physdesc>
  <langmaterial><language langcode="vie">Tiếng Việt</language>, <language langcode="fre">Tiếng Pháp</language>.</langmaterial>
  <origination label="Creator"><corpname source="viaf">Ủy ban</corpname></origination>
  <physloc id="x1">Kho 2</physloc>chữ lạc</did>
 <bioghist><head>Lịch sử</head><p>Thành lập năm <emph render="bold">1954</emph>, xem <extref xlink:href="http://a.vn">đây</extref>.</p></bioghist>
 <scopecontent><p>Văn bản hành chính &amp; quyết định.</p><list><item>Một</item><item>Hai</item></list></scopecontent>
 <controlaccess><head>Từ khóa</head><subject source="lcsh">Hành chính</subject><geogname>Hà Nội</geogname></controlaccess>
 <dsc type="combined"><head>Danh mục</head>
  <c level="series" id="s1"><did><unitid>1</unitid><unittitle>Tổ chức</unittitle></did>
   <accessrestrict rights-restriction="Restricted"><p>Hạn chế theo quy định.</p></accessrestrict>
   <c level="file" id="f1"><did><unittitle>Bổ nhiệm, <unitdate>1960</unitdate></unittitle>
     <container type="box">1</container><container type="folder">2</container>
     <physdesc><extent>12 trang</extent></physdesc></did></c>
   <c level="file" id="f2"><did><unittitle>Điều động</unittitle><unitdate>29 Jul. 1961</unitdate></did>
     <c level="item"><did><unittitle>Quyết định số 5</unittitle><unitdate normal="1961-07-29">29/7/1961</unitdate></did></c>
     <c level="item"><did><unittitle>Quyết định số 6</unittitle></did><note><p>Bản sao</p></note></c>
   </c>
  </c>
  <c level="series"><did><unittitle>Tài chính</unittitle></did>
   <c level="subseries"><did><unittitle>Thuế</unittitle><unitdate>circa 1960s-1983</unitdate></did>
    <c level="item"><did><unittitle>Sổ thuế</unittitle><unitdate>undated</unitdate></did></c></c>
  </c>giữa hai nhóm
 </dsc>
</archdesc></ead>
"""

EAD_2002_DTD = """<?xml version="1.0"?>
<!DOCTYPE ead PUBLIC "+//ISBN 1-931666-00-8//DTD ead.dtd (Encoded Archival Description (EAD) Version 2002)//EN"
 "ead.dtd" [<!ENTITY nha "Sở Nội vụ">]>
<ead><eadheader><eadid>dtd-1</eadid></eadheader>
<archdesc level="collection"><did><unittitle>Papiers de l'&eacute;cole&nbsp;&nha;</unittitle><unitid>D1</unitid></did>
<dsc><c01 level="series"><did><unittitle>A</unittitle></did>
 <c02 level="file"><did><unitid>A/1</unitid><unitid>alt</unitid><unittitle>B</unittitle><unittitle>B2</unittitle>
  <unitdate>1901</unitdate><unitdate>1905-1907</unitdate></did></c02>
 <c02 level="file"><did><unitid>A/1</unitid><unittitle>Trùng mã</unittitle></did></c02></c01></dsc></archdesc></ead>
"""

EAD_3 = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-model href="ead3.rng"?>
<ead xmlns="http://ead3.archivists.org/schema/">
<control><recordid>vn-3</recordid><filedesc><titlestmt><titleproper>Phông 3</titleproper></titlestmt></filedesc>
 <maintenancestatus value="new"/></control>
<archdesc level="collection"><did><unittitle>Giấy tờ</unittitle>
  <unitdatestructured><daterange><fromdate standarddate="1917-02">tháng 2/1917</fromdate><todate>1955</todate></daterange></unitdatestructured>
  <physdescset><physdescstructured coverage="whole" physdescstructuredtype="carrier"><quantity>50</quantity><unittype>items</unittype></physdescstructured></physdescset>
  <langmaterial><languageset><language langcode="eng">Tiếng Anh</language><script scriptcode="Latn">Latin</script></languageset></langmaterial>
  <didnote>Ghi chú ngắn</didnote></did>
 <controlaccess><persname><part localtype="a">Nguyễn Văn A</part><part localtype="d">1900-1970</part></persname></controlaccess>
 <dsc><c01 level="series" id="series1"><did><unittitle>Thư từ</unittitle></did>
   <c02><did><container localtype="Box" containerid="B#1">1</container><unitdate>1917</unitdate></did>
     <relations><relation relationtype="otherrelationtype"><relationentry>quan hệ</relationentry></relation></relations></c02>
   <c02><did><unittitle>Nhật ký</unittitle><unitdatestructured><dateset><datesingle>1920</datesingle>
      <daterange><fromdate>1922</fromdate><todate notafter="1930-05-06">5/1930</todate></daterange></dateset></unitdatestructured></did></c02>
 </c01></dsc></archdesc></ead>
"""

NO_HEADER = """<ead><archdesc><did><unittitle>Không có mã</unittitle></did></archdesc></ead>"""

DIALECTS = {"2002": EAD_2002, "2002 with DTD": EAD_2002_DTD, "3": EAD_3, "no header": NO_HEADER}
