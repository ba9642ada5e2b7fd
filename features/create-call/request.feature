Feature: What a request may hold
  Properties that Graph makes are ignored when a request sets them. A body that is not a JSON object is refused; so is a request
  without a required property. Where no public source says how Graph answers an invalid request, the scenario is an assumption.

  @CC-13 @rings @needs:person-answers
  Scenario Outline: What only Graph makes is ignored <when claimed>
    Given John answers when called
    When the bot sends the request of example 1 <when claimed>
    Then nothing that was claimed comes back
    And Graph answers as printed in example 1, relying on E-08
    And the bot is notified as documented in example 1, relying on E-01:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And nothing else is notified

    Examples:
      | when claimed                                      |
      | claiming its id                              |
      | claiming its state                           |
      | claiming its direction                       |
      | claiming its callRoutes                      |
      | claiming its activeModalities                |
      | claiming its mediaState                      |
      | claiming its meetingCapability               |
      | claiming its tenantId                        |
      | claiming its myParticipantId                 |
      | claiming its resultInfo                      |
      | claiming its terminationReason               |
      | claiming its answeredBy                      |
      | claiming its toneInfo                        |
      | claiming its incomingContext                 |
      | claiming all of these at once   |

  @CC-13 @joins @needs:second-participant
  Scenario: What only Graph makes is ignored in a join, all of it at once
    Given John is in the scheduled meeting
    When the bot sends the request of example 3 claiming all of these at once
    Then nothing that was claimed comes back
    And Graph answers as printed in example 3, relying on no erratum
    And the bot is notified as documented in example 3, relying on no erratum:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |

  @CC-13 @joins
  Scenario: What only Graph makes is ignored in the call that Graph gives afterwards, too
    When the bot sends the request of example 3 claiming all of these at once
    Then the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |
    And Graph gives the bot its latest call, established
    And nothing that was claimed comes back

  @CC-14 @makes-no-call
  Scenario Outline: A body that is not a JSON object is refused: <written>
    When the bot sends the request of example 1 <written>
    Then Graph refuses with 400 "BadRequest"
    And no call is created
    And nothing is notified

    Examples:
      | written                |
      | without a content type |
      | with an empty body     |
      | cut off in the middle  |
      | as a list              |
      | as a text              |
      | as null                |

    @assumption
    Examples: only the message of the error covers this
      | written       |
      | as plain text |

  @CC-14 @rings
  Scenario: The same request as a JSON object is accepted
    When the bot sends the request of example 1
    Then Graph creates the call

  @CC-36 @makes-no-call
  Scenario Outline: A printed request is refused as it stands, with the comma after its last member: example <number>
    When the bot sends the request of example <number> with the trailing comma that is printed
    Then Graph refuses with 400 "BadRequest"
    And no call is created
    And nothing is notified

    Examples:
      | number |
      | 1      |
      | 2      |
      | 3      |
      | 4      |
      | 5      |
      | 6      |

  @CC-36 @joins
  Scenario: A printed request is accepted without the comma
    When the bot sends the request of example 3
    Then Graph creates the call

  @CC-18 @makes-no-call
  Scenario Outline: A request without mediaConfig is refused: example <number>
    When the bot sends the request of example <number> without mediaConfig
    Then Graph refuses with 400 "8523"
    And no call is created
    And nothing is notified

    Examples:
      | number |
      | 1      |
      | 3      |
      | 6      |

  @CC-18 @rings
  Scenario: The same request with its mediaConfig is accepted
    When the bot sends the request of example 1
    Then Graph creates the call

  @CC-19 @makes-no-call
  Scenario Outline: A request that does not fit is refused: a call <at fault>
    When the bot sends the request of example 1 <at fault>
    Then Graph refuses with 400 "BadRequest"
    And no call is created
    And nothing is notified

    Examples:
      | at fault                                        |
      | without callbackUri                             |
      | with a callbackUri on plain http                |
      | with a callbackUri that is not an address           |
      | with neither targets nor a meeting              |
      | with targets that are not a list                   |
      | with modalities that are not a list                |
      | with an unknown modality           |
      | with an unknown @odata.type       |
      | with a mediaConfig of an unknown type |
      | with a ringing time of 116 s                    |
      | with a ringing time of 0 s                      |

  @CC-19 @makes-no-call
  Scenario Outline: A request that does not fit is refused: a join <at fault>
    When the bot sends the request of example 3 <at fault>
    Then Graph refuses with 400 "BadRequest"
    And no call is created
    And nothing is notified

    Examples:
      | at fault                             |
      | without callbackUri                  |
      | with a target and a meeting    |
      | with chatInfo but without meetingInfo |

  @CC-19 @rings
  Scenario Outline: A request that fits is accepted: a call <with more>
    When the bot sends the request of example 1 <with more>
    Then Graph creates the call

    Examples:
      | with more                   |
      | with a ringing time of 10 s |
      | with routing policies       |
      | with a subject              |

  @CC-19b @rings
  Scenario: A request with an unknown property is accepted
    When the bot sends the request of example 1 with an unknown property
    Then Graph answers as printed in example 1, relying on E-08
