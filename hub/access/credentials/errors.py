"""What can go wrong in proving who one is. One answer for a wrong name, a wrong password and a disabled user.

Refusal           SignInRefused, IdentityUnknown, SignInInterrupted, ReadOnlyDevice, SignInLocked, SigningInBusy
Conflict          WrongCode, NoSecondFactor, KeyInRotation, KeyEnded, IdentityTaken, NotALeader
"""

from __future__ import annotations

from datetime import datetime

from hub.kit.clock import HANOI
from hub.kit.errors import Conflict, Refusal, Unavailable


class SignInRefused(Refusal):
    """The name or the password is wrong, or the user is disabled: one answer for all."""

    code = "UNAUTHENTICATED"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "Tên đăng nhập hoặc mật khẩu không đúng. Hãy thử lại, hoặc xin quản trị viên liên kết đặt mật khẩu mới.",
            "The name or the password is wrong. Try again, or ask the administrator for a link to set a new password.",
        )


class SignInLocked(Refusal):
    """Too many wrong guesses for this name, from this address, or of this code."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, until: datetime, now: datetime) -> None:
        self.until = until
        self.retry_after = max(1, int((until - now).total_seconds()) + 1)
        at = until.astimezone(HANOI)
        super().__init__(
            f"Đã nhập sai quá nhiều lần nên việc đăng nhập tạm khóa đến {at:%H:%M ngày %d/%m/%Y}. Hãy thử lại sau đó.",
            f"There were too many wrong attempts, so signing in rests until {at:%H:%M on %d/%m/%Y}. Try again then.",
        )


class SigningInBusy(Unavailable):
    """More people sign in at once than this process may hash passwords for."""

    code = "UNAVAILABLE"
    retry_after = 5

    def __init__(self) -> None:
        super().__init__(
            "Đang có quá nhiều người đăng nhập cùng lúc. Hãy thử lại sau ít giây.",
            "Too many people are signing in at once. Try again in a few seconds.",
        )


class WrongCode(Conflict):
    """A one-time code that is wrong, too old, or has been used: one answer for all three."""

    code = "WRONG_CODE"

    def __init__(self) -> None:
        super().__init__(
            "Mã xác thực không đúng, đã hết hạn hoặc đã dùng. Hãy nhập mã mới trên ứng dụng, hoặc một mã khôi phục.",
            "The code is wrong, too old or has been used. Enter the newest code of the app, or a recovery code.",
            path=("code",),
        )


class NoSecondFactor(Conflict):
    """He has not enrolled a second factor yet, so there is nothing to ask for."""

    code = "NO_SECOND_FACTOR"

    def __init__(self) -> None:
        super().__init__(
            "Bạn chưa đăng ký yếu tố xác thực thứ hai. Hãy đăng ký ở trang /account/second-factor rồi làm lại.",
            "You have no second factor yet. Enrol one on the page /account/second-factor, then do it again.",
        )


class KeyInRotation(Conflict):
    """Two keys of the system are valid already."""

    code = "KEY_IN_ROTATION"

    def __init__(self) -> None:
        super().__init__(
            "Hệ thống này đang có hai mã truy cập còn hiệu lực. Hãy thu hồi mã cũ, hoặc chờ mã cũ hết hạn.",
            "Two keys of this system are valid at present. Revoke the old one, or wait until it expires.",
        )


class KeyEnded(Conflict):
    """A key that has expired or been revoked is not rotated; its system gets a new one."""

    code = "KEY_ENDED"

    def __init__(self) -> None:
        super().__init__(
            "Mã truy cập này đã hết hạn hoặc đã bị thu hồi nên không đổi được. Hãy tạo mã mới.",
            "This key has expired or been revoked, so it cannot be rotated. Create a new one.",
        )


class IdentityTaken(Conflict):
    """Another user is linked to this subject."""

    code = "IDENTITY_TAKEN"

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"Định danh «{subject}» đã gắn với người dùng khác. Hãy bỏ liên kết đó trước.",
            f'The subject "{subject}" is linked to another user. End that link first.',
            path=("subject",),
        )


class IdentityUnknown(Refusal):
    """The issuer knows him, and here he is nobody, or disabled."""

    code = "UNAUTHENTICATED"
    status = 403

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"Hệ thống xác thực đã nhận ra bạn, nhưng chưa có tài khoản gắn với định danh «{subject}». "
            "Hãy gửi định danh này cho quản trị viên.",
            f'The identity provider knows you, but no account is linked to the subject "{subject}". '
            "Tell the administrator this subject.",
        )


class SignInInterrupted(Refusal):
    """What a browser brought back from an issuer is not the answer to what it was sent with."""

    code = "BAD_REQUEST"

    def __init__(self) -> None:
        super().__init__(
            "Việc đăng nhập bị gián đoạn hoặc đã quá lâu. Hãy bắt đầu lại từ trang đăng nhập.",
            "Signing in was interrupted or took too long. Start again from the sign-in page.",
        )


class ReadOnlyDevice(Refusal):
    """An enrolled device asked for a change."""

    code = "NOT_PERMITTED"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "Thiết bị đã đăng ký chỉ xem, không thay đổi được gì. Hãy đăng nhập bằng mật khẩu để thực hiện việc này.",
            "An enrolled device reads only and changes nothing. Sign in by password to do this.",
        )


class NotALeader(Conflict):
    """Devices are enrolled for leadership only."""

    code = "NOT_A_LEADER"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"«{name}» không giữ vai trò leader. Chỉ thiết bị của lãnh đạo được đăng ký để xem lâu dài.",
            f'"{name}" does not hold the role leader. Only devices of leadership are enrolled to read for long.',
            path=("user",),
        )
