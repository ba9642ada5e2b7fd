Feature: A call needs a token
  The application shows a bearer token with its request. Without one no call comes into being.

  @CC-05 @makes-no-call
  Scenario: Without a token no call is created
    When the bot sends the request of example 1 without a token
    Then Graph refuses for want of a token
    And nothing is notified
